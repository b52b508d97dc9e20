import { named } from './source.ts';
import { SourceError, type AudioTrack, type MediaInfo } from './types.ts';

/**
 * The track that was asked for, or the first that can be decoded.
 *
 * @param number as AudioTrack.number
 * @throws SourceError where there is none
 */
export function chooseTrack(info: MediaInfo, number: number | undefined): AudioTrack {
  const { path, tracks } = info;
  if (number === undefined) {
    const first = tracks.find((track) => track.decodable);
    if (first) return first;
    const codecs = tracks.map((track) => track.codec ?? 'unknown').join(', ');
    throw new SourceError(
      `${named(path)} has no audio track that can be decoded (${codecs}); convert its sound to a common format first.`,
    );
  }
  const track = tracks.find((candidate) => candidate.number === number);
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
