import type { TranscriptDocument } from '../document.ts';
import type { TextFormat, WriteOptions } from './format.ts';
import { paragraphsOf, titleOf } from './prose.ts';
import { escapeXml } from './xml.ts';

const style = `
:root { color-scheme: light dark; }
body { max-width: 38rem; margin: 3rem auto; padding: 0 1rem; font: 1.06rem/1.6 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.3; }
h2 { font-size: 1rem; margin: 1.5em 0 0; }
p { margin: .25em 0 .75em; overflow-wrap: anywhere; }
time { font-size: .8em; font-variant-numeric: tabular-nums; opacity: .75; margin-right: .5em; }
`;

/** A page of its own that needs nothing from anywhere and runs nothing. */
function write(document: TranscriptDocument, options: WriteOptions): string {
  const language = document.languages.at(0);
  const title = escapeXml(titleOf(document));
  const paragraphs = paragraphsOf(document, options).map(({ speaker, time, text }) => {
    const heading = speaker === undefined ? '' : `<h2>${escapeXml(speaker)}</h2>\n`;
    const clock = time === undefined ? '' : `<time>${time}</time>`;
    return `${heading}<p>${clock}${escapeXml(text)}</p>\n`;
  });
  return `<!doctype html>
<html${language === undefined ? '' : ` lang="${escapeXml(language)}"`}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${paragraphs.join('')}</main>
</body>
</html>
`;
}

export const html: TextFormat = { id: 'html', extension: 'html', name: 'HTML', write };
