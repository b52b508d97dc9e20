import { randomBytes } from 'node:crypto';

/** A file or folder that a page may name, by an id that says nothing of where it lies. */
export type Grant = {
  path: string;
  name: string;
  /** For a listing: the given folder that it lies in, which it must not lead out of. */
  root?: string;
};

/** What pages may use. The ids hold until the shell ends, and the same file keeps its id. */
export class Grants {
  readonly #byId = new Map<string, Grant>();
  readonly #byPath = new Map<string, string>();

  /** @returns the id */
  add(grant: Grant): string {
    const known = this.#byPath.get(grant.path);
    if (known !== undefined) return known;
    const id = randomBytes(16).toString('base64url');
    this.#byId.set(id, grant);
    this.#byPath.set(grant.path, id);
    return id;
  }

  get(id: string): Grant | undefined {
    return this.#byId.get(id);
  }
}
