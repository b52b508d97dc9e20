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

/** Attention over more steps than this would need hundreds of gigabytes. */
const longestDistance = 1 << 16;

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

/** Distances that share their embeddings, both as i - j and as j - i, are one class. */
export type DistanceClasses = {
  /** Beyond this distance the class does not change any more. */
  reach: number;
  /** The class of each distance from -reach to reach; classes count up with distance. */
  classes: Int32Array;
  /** The embedding that i - j uses, by class, and the one that j - i uses. */
  forward: Int32Array;
  backward: Int32Array;
};

/** Numbers the classes of distances, so that tables need one row a class and one index serves both directions. */
export function distanceClasses(positions: RelativePositions): DistanceClasses {
  const at = (distance: number) => embeddingIndex(distance, positions);
  const isSame = (a: number, b: number) => at(a) === at(b) && at(-a) === at(-b);
  let reach = longestDistance;
  while (reach > 1 && isSame(reach, reach - 1)) reach--;
  const classes = new Int32Array(2 * reach + 1);
  const firstDistances = [-reach];
  for (let distance = 1 - reach; distance <= reach; distance++) {
    if (!isSame(distance, distance - 1)) firstDistances.push(distance);
    classes[distance + reach] = firstDistances.length - 1;
  }
  return {
    reach,
    classes,
    forward: Int32Array.from(firstDistances, at),
    backward: Int32Array.from(firstDistances, (distance) => at(-distance)),
  };
}
