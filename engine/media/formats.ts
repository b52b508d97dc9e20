/**
 * The containers that we let ffmpeg open, by its demuxers' names. All of them keep their sound inside the one file.
 * Left out are those that name other files or addresses to read (hls, concat, dash, sdp, image2, …), devices, and
 * text that would be taken for a picture or for raw samples.
 */
export const readableFormats = [
  ...[
    '3g2',
    '3gp',
    'm4a',
    'mj2',
    'mov',
    'mp4',
    'matroska',
    'webm',
    'ogg',
    'avi',
    'asf',
    'flv',
    'kux',
    'live_flv',
  ],
  ...[
    'mpegts',
    'mpeg',
    'mpegvideo',
    'mxf',
    'nut',
    'gxf',
    'lxf',
    'wtv',
    'rm',
    'ivr',
    'nsv',
    'nuv',
    'pva',
    'ty',
  ],
  ...[
    'dv',
    'dhav',
    'swf',
    'smk',
    'bink',
    'binka',
    'vivo',
    'film_cpk',
    'r3d',
    'mtv',
    'xmv',
    'thp',
    'roq',
    'dxa',
  ],
  ...[
    'wav',
    'w64',
    'aiff',
    'caf',
    'au',
    'voc',
    'ircam',
    'nistsphere',
    'sox',
    'sds',
    'paf',
    'pvf',
    'mmf',
    'svs',
  ],
  ...[
    'mp3',
    'aac',
    'loas',
    'ac3',
    'eac3',
    'dts',
    'dtshd',
    'mlp',
    'truehd',
    'flac',
    'ape',
    'tak',
    'tta',
    'wv',
  ],
  ...[
    'amr',
    'amrnb',
    'amrwb',
    'qcp',
    'gsm',
    'g722',
    'g729',
    'g723_1',
    'ilbc',
    'codec2',
    'dss',
    'act',
    'aa',
    'aax',
  ],
  ...['mpc', 'mpc8', 'oma', 'shn', 'dsf', 'iff', 'wsd', 'xwma', 'wsaud', 'wve', 'iamf', 'vqf', 'hcom', 'rso'],
];

/**
 * Whether 0 on the media's clock is the container's own zero, so that a first packet at 1.5 s is heard after 1.5 s of
 * silence: so it is in the formats that the editor's own player (Chromium) opens, which follows the HTML standard
 * ("offsets into the media resource"). The clocks of other containers start anywhere (a transport stream's at 1.4 s
 * or at 20 h), and players show 0 at their first packet.
 */
export function hasAbsoluteClock(formatName: string): boolean {
  return /^(mov|matroska|ogg)\b/.test(formatName);
}

/** Formats in which ffmpeg finds a time to the sample; in the others we read from the beginning. */
export function seeksExactly(formatName: string): boolean {
  return /^(wav|w64|flac|mov|matroska|ogg|mp3|aiff|caf)\b/.test(formatName);
}
