import { setImmediate } from 'node:timers/promises';

/** After so many steps others have a turn. */
const stepsAtOnce = 20;

/**
 * Agglomerative clustering with average linkage, by chains of nearest neighbours (Murtagh 1983): n x n numbers, and time
 * in the square of n. Lets the event loop go on meanwhile.
 * @param vectors of length 1
 * @param leastSimilarity clusters whose members are less alike than this on average (cosine) stay apart
 * @returns each vector's cluster, numbered in the order in which they first appear
 */
export async function cluster(vectors: readonly Float32Array[], leastSimilarity: number): Promise<number[]> {
  const count = vectors.length;
  const similarity = await similarities(vectors);
  const sizes = new Array<number>(count).fill(1);
  const cluster = Array.from(vectors, (_, place) => place);
  const alive = new Set(cluster);
  const chain: number[] = [];
  for (let step = 1; alive.size > 1; step += 1) {
    if (step % stepsAtOnce === 0) await setImmediate();
    if (chain.length === 0) chain.push(alive.values().next().value!);
    const last = chain.at(-1)!;
    const before = chain.at(-2) ?? -1;
    let nearest = before;
    let best = before < 0 ? -Infinity : similarity[last * count + before];
    for (const other of alive) {
      if (other !== last && similarity[last * count + other] > best) {
        nearest = other;
        best = similarity[last * count + other];
      }
    }
    if (nearest !== before) {
      chain.push(nearest);
      continue;
    }
    chain.splice(-2);
    alive.delete(last);
    if (best < leastSimilarity) {
      // Mutual nearest neighbours that are too unlike: nothing that takes one of them in would be more alike.
      chain.length = 0;
      continue;
    }
    const share = sizes[last] / (sizes[last] + sizes[nearest]);
    sizes[nearest] += sizes[last];
    for (const other of alive) {
      const joined =
        share * similarity[last * count + other] + (1 - share) * similarity[nearest * count + other];
      similarity[nearest * count + other] = joined;
      similarity[other * count + nearest] = joined;
    }
    cluster.forEach((own, place) => own === last && (cluster[place] = nearest));
  }
  const numbers = new Map([...new Set(cluster)].map((own, number) => [own, number]));
  return cluster.map((own) => numbers.get(own)!);
}

async function similarities(vectors: readonly Float32Array[]): Promise<Float32Array> {
  const count = vectors.length;
  const similarity = new Float32Array(count * count);
  for (let a = 0; a < count; a += 1) {
    if (a % stepsAtOnce === 0) await setImmediate();
    for (let b = 0; b < a; b += 1) {
      similarity[a * count + b] = similarity[b * count + a] = dot(vectors[a], vectors[b]);
    }
  }
  return similarity;
}

export function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let place = 0; place < a.length; place += 1) sum += a[place] * b[place];
  return sum;
}

/** The direction of the sum of vectors, of length 1. */
export function direction(vectors: readonly Float32Array[]): Float32Array {
  const sum = new Float32Array(vectors[0].length);
  for (const vector of vectors)
    for (let place = 0; place < sum.length; place += 1) sum[place] += vector[place];
  const length = Math.sqrt(dot(sum, sum)) || 1;
  return sum.map((value) => value / length);
}
