import { named } from './source.ts';
import { SourceError, type AudioTrack, type MediaInfo } from './types.ts';

/** The track to take where nobody chooses: as players do, one that the file calls its default, else the first. */
export function usualTrack(tracks: readonly AudioTrack[]): AudioTrack | undefined {
  const decodable = tracks.filter((track) => track.decodable);
  return decodable.find((track) => track.isDefault) ?? decodable[0];
}

/**
 * The track that was asked for, or the usual one.
 *
 * @param number as AudioTrack.number
 * @throws SourceError where there is none
 */
export function chooseTrack(info: MediaInfo, number: number | undefined): AudioTrack {
  const { path, tracks } = info;
  if (number === undefined) {
    const usual = usualTrack(tracks);
    if (usual) return usual;
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
