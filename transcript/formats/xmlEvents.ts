import { decodeEntities } from './markup.ts';

/** What stands in an XML file, one after the other. Names are without their prefix. */
export type XmlEvent =
  | { kind: 'open'; name: string; attributes: ReadonlyMap<string, string>; isEmpty: boolean }
  | { kind: 'close'; name: string }
  | { kind: 'text'; text: string };

// No two alternatives begin alike, and each looks for its end once.
const token =
  /<!--[\s\S]*?(?:-->|$)|<!\[CDATA\[([\s\S]*?)(?:\]\]>|$)|<[?!][^>]*(?:>|$)|<\/([^\s<>/]{1,100})[^<>]*>|<([^\s<>/!?]{1,100})((?:\s+[^\s<>=/"']{1,100}\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?)>|<\/?[A-Za-z][^<>]*$|([^<]+|<)/g;
const attribute = /([^\s=]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/**
 * Reads XML as leniently as subtitle files need: nothing is fetched, no entity but the usual ones is known, and what
 * is not well formed is text; a tag that the end of the file cuts is nothing.
 */
export function* xmlEvents(text: string): Generator<XmlEvent> {
  for (const [, cdata, closes, opens, written, empty, plain] of text.matchAll(token)) {
    if (cdata !== undefined) yield { kind: 'text', text: cdata };
    else if (closes !== undefined) yield { kind: 'close', name: localName(closes) };
    else if (opens !== undefined) {
      const attributes = new Map<string, string>();
      for (const [, name, double, single] of (written ?? '').matchAll(attribute)) {
        attributes.set(localName(name), decodeEntities(double ?? single ?? ''));
      }
      yield { kind: 'open', name: localName(opens), attributes, isEmpty: empty === '/' };
    } else if (plain !== undefined) yield { kind: 'text', text: decodeEntities(plain) };
  }
}
