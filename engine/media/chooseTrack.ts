import { named } from './source.ts';
import { SourceError, type AudioTrack, type MediaInfo } from './types.ts';

/**
 * The track of that number; without one, as players do, the first that the file calls its default, else the first
 * that can be decoded.
 */
export function wantedTrack(
  tracks: readonly AudioTrack[],
  number: number | undefined,
): AudioTrack | undefined {
  if (number !== undefined) return tracks.find((track) => track.number === number);
  const decodable = tracks.filter((track) => track.decodable);
  return decodable.find((track) => track.isDefault) ?? decodable[0];
}

/**
 * The wanted track, which can be decoded.
 *
 * @param number as AudioTrack.number
 * @throws SourceError where there is none
 */
export function chooseTrack(info: MediaInfo, number: number | undefined): AudioTrack {
  const { path, tracks } = info;
  const track = wantedTrack(tracks, number);
  if (!track && number === undefined) {
    const codecs = tracks.map(({ codec }) => codec ?? 'unknown').join(', ');
    throw new SourceError(
      `${named(path)} has no audio track that can be decoded (${codecs}); convert its sound to a common format first.`,
    );
  }
  if (!track) {
    throw new SourceError(
      `${named(path)} has no audio track ${number}; choose one from 1 to ${tracks.length}.`,
    );
  }
  if (!track.decodable) {
    throw new SourceError(
      `Audio track ${number} of ${named(path)} cannot be decoded (${track.codec ?? 'unknown codec'}); choose another track.`,
    );
  }
  return track;
}
