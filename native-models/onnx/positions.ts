import { tabulateDistances, type DistanceTable } from './distances.ts';

/** What decides which relative embedding a distance uses (sizes as in config.json). */
export type RelativePositions = {
  /** `position_buckets`; none where it is not positive. */
  buckets: number;
  /** `max_relative_positions` where given, else `max_position_embeddings`. */
  maximum: number;
};

/** Twice this many embeddings are in use. */
export function positionSpan({ buckets, maximum }: RelativePositions): number {
  return buckets > 0 ? buckets : maximum;
}

/**
 * DeBERTa's bucket of a distance: near distances have their own, far ones share by logarithm. In single precision, as
 * the reference computes it, since a rounded logarithm decides between neighbours.
 */
function bucket(distance: number, { buckets, maximum }: RelativePositions): number {
  const middle = Math.floor(buckets / 2);
  const far = Math.abs(distance);
  if (buckets <= 0 || far <= middle) return distance;
  const { fround } = Math;
  const logarithm = fround(Math.log(fround(far / middle)));
  const whole = fround(Math.log(fround((maximum - 1) / middle)));
  const steps = Math.ceil(fround(fround(logarithm / whole) * (middle - 1)));
  return Math.sign(distance) * fround(steps + middle);
}

/** The row of the table of relative embeddings that a distance i - j uses. */
export function embeddingIndex(distance: number, positions: RelativePositions): number {
  const span = positionSpan(positions);
  const place = bucket(distance, positions);
  // PyTorch's cast of what is no finite number to an integer gives the smallest integer
  return Number.isFinite(place) ? Math.min(Math.max(place + span, 0), 2 * span - 1) : 0;
}

/** embeddingIndex of all distances. */
export function embeddingIndices(positions: RelativePositions): DistanceTable {
  return tabulateDistances((distance) => embeddingIndex(distance, positions));
}
