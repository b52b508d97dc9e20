/** Without the dot. */
export const mediaExtensions = (
  'aac ac3 aif aiff amr asf avi caf dts eac3 f4v flac flv m2ts m4a m4b m4v mka mkv mov mp2 mp3 mp4 mpeg mpg mts mxf oga ogg ogv opus ' +
  'ra rm spx tta ts vob wav weba webm wma wmv wv 3gp 3g2'
).split(' ');
export const transcriptExtensions = 'srt vtt ass ssa ttml dfxp txt json csv tsv'.split(' ');
const media = new Set(mediaExtensions);
const transcripts = new Set(transcriptExtensions);

/** What a file is by its extension (with its dot); a file that a person names may be anything. */
export function kindOfFile(extension: string): 'media' | 'transcript' | 'other' {
  const name = extension.slice(1).toLowerCase();
  return media.has(name) ? 'media' : transcripts.has(name) ? 'transcript' : 'other';
}
