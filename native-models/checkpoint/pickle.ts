import { ModelError } from '../model.ts';

/** A name that a pickle mentions, as `torch._utils._rebuild_tensor_v2`. It is compared, never looked up or called. */
export class PickleGlobal {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A dictionary, ordered as it was filled. */
export type PickleMap = Map<PickleValue, PickleValue>;

/** What a pickle can give here. Tuples and lists are both arrays; `object` is what the given `call` makes. */
export type PickleValue =
  null | boolean | number | string | PickleGlobal | PickleMap | PickleValue[] | PickleObject;

/** Something that one of the permitted names stands for, opaque to the reader. */
export type PickleObject = { readonly kind: string };

export type PickleMeaning = {
  /** Whether a name may be mentioned; every other ends the reading. */
  permits(name: string): boolean;
  /** What calling a permitted name with these arguments gives; undefined where it cannot be called so. */
  call(name: string, args: PickleValue[]): PickleValue | undefined;
  /** What a persistent id stands for. */
  persistent(id: PickleValue): PickleValue | undefined;
};

/** Thrown by `read` where the bytes are no pickle that this reader knows. */
class Damaged extends Error {}

/**
 * Reads a pickle's value without running anything in it: a stack machine over the few instructions that saving
 * dictionaries of tensors needs (Python's pickletools lists them), in which names are only compared with those that are permitted.
 * Work and memory are bounded by the pickle's length.
 * @throws ModelError naming the file, and the name where one is not permitted.
 */
export function readPickle(bytes: Uint8Array, path: string, meaning: PickleMeaning): PickleValue {
  try {
    return new Machine(bytes, path, meaning).run();
  } catch (error) {
    if (error instanceof ModelError) throw error;
    throw new ModelError(`${path} is damaged or holds more than weights: it cannot be read.`, {
      cause: error,
    });
  }
}

class Machine {
  readonly #view: DataView;
  readonly #path: string;
  readonly #meaning: PickleMeaning;
  #at = 0;
  #stack: PickleValue[] = [];
  /** The stacks below each open mark. */
  readonly #marks: PickleValue[][] = [];
  readonly #memo = new Map<number, PickleValue>();

  constructor(bytes: Uint8Array, path: string, meaning: PickleMeaning) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#path = path;
    this.#meaning = meaning;
  }

  run(): PickleValue {
    for (;;) {
      const instruction = this.#byte();
      if (instruction === 0x2e) return this.#pop(); // STOP
      this.#step(instruction);
    }
  }

  #step(instruction: number): void {
    switch (instruction) {
      case 0x80: // PROTO
        if (this.#byte() > 5) throw new Damaged('protocol');
        return;
      case 0x95: // FRAME
        this.#skip(8);
        return;
      case 0x28: // MARK
        this.#marks.push(this.#stack);
        this.#stack = [];
        return;
      case 0x30: // POP
        this.#pop();
        return;
      case 0x31: // POP_MARK
        this.#popMark();
        return;
      case 0x32: // DUP
        this.#push(this.#top());
        return;
      case 0x4e: // NONE
        return this.#push(null);
      case 0x88: // NEWTRUE
        return this.#push(true);
      case 0x89: // NEWFALSE
        return this.#push(false);
      case 0x4b: // BININT1
        return this.#push(this.#byte());
      case 0x4d: // BININT2
        return this.#push(this.#view.getUint16(this.#skip(2), true));
      case 0x4a: // BININT
        return this.#push(this.#view.getInt32(this.#skip(4), true));
      case 0x8a: // LONG1
        return this.#push(this.#long(this.#byte()));
      case 0x47: // BINFLOAT
        return this.#push(this.#view.getFloat64(this.#skip(8)));
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING
        return this.#push(this.#text(this.#view.getUint32(this.#skip(4), true)));
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        return this.#push(this.#text(this.#byte()));
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
        return this.#push([]);
      case 0x7d: // EMPTY_DICT
        return this.#push(new Map());
      case 0x74: // TUPLE
      case 0x6c: // LIST
        return this.#push(this.#popMark());
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: // TUPLE3
        return this.#push(this.#popSeveral(instruction - 0x84));
      case 0x61: // APPEND
        return this.#append(this.#popSeveral(1));
      case 0x65: // APPENDS
        return this.#append(this.#popMark());
      case 0x73: // SETITEM
        return this.#setItems(this.#popSeveral(2));
      case 0x75: // SETITEMS
        return this.#setItems(this.#popMark());
      case 0x71: // BINPUT
        this.#memo.set(this.#byte(), this.#top());
        return;
      case 0x72: // LONG_BINPUT
        this.#memo.set(this.#view.getUint32(this.#skip(4), true), this.#top());
        return;
      case 0x94: // MEMOIZE
        this.#memo.set(this.#memo.size, this.#top());
        return;
      case 0x68: // BINGET
        return this.#recall(this.#byte());
      case 0x6a: // LONG_BINGET
        return this.#recall(this.#view.getUint32(this.#skip(4), true));
      case 0x63: // GLOBAL
        return this.#global(this.#line(), this.#line());
      case 0x93: {
        // STACK_GLOBAL
        const [module, name] = this.#popSeveral(2);
        if (typeof module !== 'string' || typeof name !== 'string') throw new Damaged('global');
        return this.#global(module, name);
      }
      case 0x52: // REDUCE
      case 0x81: // NEWOBJ
        return this.#call();
      case 0x62: // BUILD
        // State beside a dictionary's items, as the versions of PyTorch's modules: not needed
        this.#pop();
        if (!(this.#top() instanceof Map)) throw new Damaged('state');
        return;
      case 0x51: {
        // BINPERSID
        const value = this.#meaning.persistent(this.#pop());
        if (value === undefined) throw new Damaged('persistent id');
        return this.#push(value);
      }
      default:
        throw new Damaged(`instruction ${instruction}`);
    }
  }

  #call(): void {
    const [callee, args] = this.#popSeveral(2);
    if (!(callee instanceof PickleGlobal) || !Array.isArray(args)) throw new Damaged('call');
    const value = this.#meaning.call(callee.name, args);
    if (value === undefined) throw new Damaged(`call of ${callee.name}`);
    this.#push(value);
  }

  #global(module: string, name: string): void {
    const full = `${module}.${name}`;
    if (!this.#meaning.permits(full)) {
      throw new ModelError(
        `${this.#path} asks for "${printable(full)}", which is not part of a model's weights; it is refused, since it could run code.`,
      );
    }
    this.#push(new PickleGlobal(full));
  }

  #append(items: PickleValue[]): void {
    const list = this.#top();
    if (!Array.isArray(list)) throw new Damaged('list');
    for (const item of items) list.push(item);
  }

  #setItems(items: PickleValue[]): void {
    const map = this.#top();
    if (!(map instanceof Map) || items.length % 2 !== 0) throw new Damaged('dictionary');
    for (let i = 0; i < items.length; i += 2) map.set(items[i], items[i + 1]);
  }

  #recall(key: number): void {
    const value = this.#memo.get(key);
    if (value === undefined) throw new Damaged('memo');
    this.#push(value);
  }

  /** A whole number of up to eight bytes, beyond which no size or offset can be. */
  #long(lengthBytes: number): number {
    if (lengthBytes > 8) throw new Damaged('number');
    let value = 0n;
    const begin = this.#skip(lengthBytes);
    for (let i = lengthBytes - 1; i >= 0; i--) value = (value << 8n) | BigInt(this.#view.getUint8(begin + i));
    return Number(BigInt.asIntN(8 * lengthBytes, value));
  }

  #text(lengthBytes: number): string {
    const begin = this.#skip(lengthBytes);
    return Buffer.from(this.#view.buffer, this.#view.byteOffset + begin, lengthBytes).toString('utf8');
  }

  #line(): string {
    const begin = this.#at;
    while (this.#byte() !== 0x0a);
    const lengthBytes = this.#at - 1 - begin;
    this.#at = begin;
    const line = this.#text(lengthBytes);
    this.#skip(1);
    return line;
  }

  #byte(): number {
    return this.#view.getUint8(this.#skip(1));
  }

  /** Moves on and gives the place before. */
  #skip(lengthBytes: number): number {
    const begin = this.#at;
    if (begin + lengthBytes > this.#view.byteLength) throw new Damaged('end');
    this.#at = begin + lengthBytes;
    return begin;
  }

  #push(value: PickleValue): void {
    this.#stack.push(value);
  }

  #top(): PickleValue {
    if (this.#stack.length === 0) throw new Damaged('stack');
    return this.#stack[this.#stack.length - 1];
  }

  #pop(): PickleValue {
    this.#top();
    return this.#stack.pop()!;
  }

  #popSeveral(count: number): PickleValue[] {
    if (this.#stack.length < count) throw new Damaged('stack');
    return this.#stack.splice(-count);
  }

  #popMark(): PickleValue[] {
    const below = this.#marks.pop();
    if (!below) throw new Damaged('mark');
    const above = this.#stack;
    this.#stack = below;
    return above;
  }
}

function printable(name: string): string {
  return name.slice(0, 100).replace(/[^\x20-\x7e]/g, '?');
}
