import { Command, CommanderError, Option } from 'commander';
import { shapeNames } from '../native-models/checkpoint/shapes.ts';
import { writeError } from '../files/writeWhole.ts';
import { exitCodeOf, exitCodes, messageOf, usageFailure } from './failures.ts';
import {
  decoderOption,
  deviceOption,
  jsonOption,
  modelOption,
  portNumber,
  trackOption,
  wholeNumber,
  withCaptionOptions,
  withOutputOptions,
  withRecognitionOptions,
  wordsOption,
} from './options.ts';

/** The command line: each command is declared here and loaded when it is used. */

const program = new Command('sewscribe')
  .description('Speech in media files to text in which every word has a time, on your own machine.')
  .version('0.1.0')
  .showHelpAfterError(false)
  .exitOverride()
  .configureOutput({
    writeErr: (text) => process.stderr.write(firstLines(text)),
    outputError: (text, write) => write(text.replace(/^error: /, 'sewscribe: ')),
  });

/** An error is at most six lines, also where it would print the help. */
function firstLines(text: string): string {
  return `${text.trimEnd().split('\n').slice(0, 6).join('\n')}\n`;
}

withOutputOptions(withRecognitionOptions(program.command('transcribe')))
  .description('media to text')
  .argument('<source...>', 'media files, or folders of them')
  .option('--recursive', 'with the folders below a folder')
  .addOption(decoderOption())
  .addOption(wordsOption())
  .addOption(
    new Option('--case <case>', 'letters of the text')
      .choices(['sentence', 'lower', 'as-is'])
      .default('sentence'),
  )
  .addOption(
    new Option(
      '--numbers <choice>',
      'numbers, dates, times and sums in figures (English); default: on with --case sentence',
    ).choices(['on', 'off']),
  )
  .addOption(
    new Option(
      '--speakers [choice]',
      'tell people apart by their voices: Speaker 1, Speaker 2 …; default: off',
    )
      .choices(['on', 'off'])
      .preset('on'),
  )
  .option('--shots', "end cues rather where the film's picture changes (ffmpeg looks for that)")
  .addOption(
    new Option('--channels <how>', 'mixed, or each its own speaker').choices(['mix', 'split']).default('mix'),
  )
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe transcribe talk.mp4 --format srt,txt --output-dir subtitles')
  .action(async (sources, options) =>
    (await import('./commands/transcribe.ts')).transcribe(sources, options),
  );

withOutputOptions(withRecognitionOptions(program.command('align')))
  .description('times for a text that exists already')
  .argument('<media>')
  .argument('<text>', 'a text, subtitles or a transcript')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe align speech.mp3 speech.txt --format vtt')
  .action(async (media, text, options) => (await import('./commands/align.ts')).align(media, text, options));

withOutputOptions(program.command('speakers'))
  .description('who speaks in a text that has its times already; the text and its times stay as they are')
  .argument('<media>')
  .argument('<transcript>', 'a project folder, or a JSON, SRT, WebVTT, ASS, TTML, CSV or TSV file')
  .addOption(trackOption())
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe speakers talk.mp4 talk.json --format vtt,txt')
  .action(async (media, transcript, options) =>
    (await import('./commands/speakers.ts')).speakers(media, transcript, options),
  );

withOutputOptions(program.command('convert'))
  .description('a transcript to other formats, without its media')
  .argument('<transcript>', 'a project folder, or an SRT, WebVTT, ASS, TTML, TXT, JSON, CSV or TSV file')
  .option('--encoding <name>', "the file's encoding, where it is guessed wrongly")
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe convert talk.srt --format vtt,json')
  .action(async (transcript, options) =>
    (await import('./commands/convert.ts')).convert(transcript, options),
  );

const models = program.command('models').description('recognition models');
models
  .command('list')
  .description('what is installed, and what can be')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe models list')
  .action(async (options) => (await import('./commands/models.ts')).listModels(options));
models
  .command('install')
  .description('download a published model and convert it; goes on where an earlier try stopped')
  .argument('<model>', 'an id that "models list" shows, or owner/name on the Hugging Face hub (@revision)')
  .option('--id <id>', 'what it is to be called')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe models install sew-d-tiny')
  .action(async (model, options) => (await import('./commands/models.ts')).installModels(model, options));
models
  .command('import')
  .description('turn a Hugging Face folder, or a zip archive of one, into an installed model')
  .argument('<folder>', 'the folder or the archive')
  .requiredOption('--id <id>', 'what it is to be called')
  .option('--overwrite', 'replace an installed model of that id')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe models import ./sew-d-tiny-100k-ft-ls100h --id sew-d-tiny')
  .action(async (folder, options) => (await import('./commands/models.ts')).importModel(folder, options));
models
  .command('import-lm')
  .description('a language model for an installed model, for another language or field')
  .argument('<file>', 'an ARPA file')
  .requiredOption('--for <id>', 'the installed model that it is for')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe models import-lm medicine.arpa --for sew-d-tiny')
  .action(async (file, options) =>
    (await import('./commands/importLanguageModel.ts')).importLm(file, options),
  );
models
  .command('remove-lm')
  .description('let a model read with what it came with again, after import-lm')
  .argument('<id>')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe models remove-lm embedded')
  .action(async (id, options) => (await import('./commands/importLanguageModel.ts')).removeLm(id, options));
models
  .command('check')
  .description('compare a folder with the reference logits beside it (cases.json)')
  .argument('<folder>')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe models check test/fixtures/sewd/micro-group-pos128')
  .action(async (folder, options) => (await import('./commands/models.ts')).checkModel(folder, options));
models
  .command('remove')
  .description('remove an installed model')
  .argument('<id>')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe models remove sew-d-tiny')
  .action(async (id, options) => (await import('./commands/models.ts')).removeModel(id, options));

program
  .command('logits')
  .description("a model's raw logits for raw samples")
  .addOption(modelOption().makeOptionMandatory())
  .requiredOption('--samples <file>', 'raw 16 kHz mono float32, little endian')
  .requiredOption('--output <file>', 'float32 [frames, vocabulary], little endian')
  .addOption(jsonOption())
  .addHelpText(
    'after',
    '\nExample:\n  sewscribe logits --model embedded --samples speech.f32 --output logits.f32',
  )
  .action(async (options) => (await import('./commands/logits.ts')).logits(options));

program
  .command('evaluate')
  .description("word and character error rates, and how true the words' times are")
  .argument('[reference]', 'a TSV file without header: id TAB text; or a CTM, or a transcript')
  .argument('[hypothesis]', 'the same with what was recognised')
  .option(
    '--manifest <file>',
    "a TSV file without header, media path TAB text [TAB file with the words' times], run through the recogniser",
  )
  .addOption(modelOption())
  .addOption(deviceOption())
  .addOption(decoderOption())
  .addOption(wordsOption())
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe evaluate --manifest test.tsv --model embedded')
  .action(async (reference, hypothesis, options) =>
    (await import('./commands/evaluate.ts')).evaluate(reference, hypothesis, options),
  );

program
  .command('bench')
  .description('how fast models are on this machine, side by side')
  .option('--model <id...>', 'installed models, or model folders (default: embedded, without --shape)')
  .addOption(
    new Option(
      '--shape <name...>',
      'published shapes with random weights, which are as fast as the models',
    ).choices(shapeNames),
  )
  .addOption(
    new Option('--seconds <n...>', 'how long the pieces are (default: 10 20)').argParser(
      (text, before: number[] | undefined) => [...(before ?? []), wholeNumber('--seconds', 3600)(text)],
    ),
  )
  .addOption(
    new Option('--runs <n>', 'how often each is run; the median counts')
      .argParser(wholeNumber('--runs', 1000))
      .default(5),
  )
  .addOption(deviceOption())
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe bench --shape sew-d-mid wav2vec2-base --seconds 10')
  .action(async ({ seconds = [10, 20], ...options }) =>
    (await import('./commands/bench.ts')).bench({ seconds, ...options }),
  );

const captions = program.command('captions').description('subtitle files');
withCaptionOptions(captions.command('check'))
  .description('reading speed, lengths, gaps and overlaps of a subtitle file')
  .argument('<file>')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe captions check film.srt --max-cps 17')
  .action(async (file, options) => (await import('./commands/captions.ts')).checkCaptions(file, options));

program
  .command('serve')
  .description("the app's page in a browser on this machine")
  .addOption(
    new Option('--port <n>', 'where it listens, 0: any that is free').default(0).argParser(portNumber),
  )
  .addOption(
    new Option('--root <dir>', 'a folder that the page may choose files from; may be given several times')
      .default([])
      .argParser((folder: string, before: string[]) => [...before, folder]),
  )
  .option('--open', 'open it in the browser')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe serve --open --root ~/Videos')
  .action(async (options) => (await import('./commands/serve.ts')).serve(options));

program
  .command('delete-data')
  .description('what the app has stored: lists it, and removes it with --yes')
  .option('--yes', 'remove it')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe delete-data --yes')
  .action(async (options) => (await import('./commands/deleteData.ts')).deleteData(options));

program
  .command('doctor')
  .description('what this machine has, and how to mend what is missing')
  .addOption(jsonOption())
  .addHelpText('after', '\nExample:\n  sewscribe doctor')
  .action(async (options) => (await import('./commands/doctor.ts')).doctor(options));

// A reader that has enough (`| head`) is no error.
process.stdout.on('error', (cause: NodeJS.ErrnoException) => {
  if (cause.code === 'EPIPE') process.exit(exitCodes.done);
  const { message } = writeError('standard output', cause);
  process.stderr.write(`sewscribe: ${message}\n`);
  process.exit(exitCodes.write);
});

try {
  if (process.argv.length <= 2) throw usageFailure('name a command; "sewscribe --help" lists them.');
  // Commander would count the arguments of an Electron process otherwise.
  await program.parseAsync(process.argv.slice(2), { from: 'user' });
} catch (cause) {
  if (cause instanceof CommanderError) {
    // Help and version were asked for; everything else is wrong usage, already said by commander unless it is ours.
    if (cause.code === 'usage') process.stderr.write(`${cause.message}\n`);
    process.exitCode = cause.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  } else {
    process.stderr.write(`sewscribe: ${messageOf(cause)}\n`);
    process.exitCode = exitCodeOf(cause);
  }
}
