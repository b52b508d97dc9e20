const escapes: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** What XML 1.0 has no way to hold, not even as a reference. */
const unholdable =
  /[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** A text as the content of an element or an attribute's value, of XML and of HTML alike. */
export function escapeXml(text: string): string {
  return text.replace(unholdable, '').replace(/[&<>"]/g, (character) => escapes[character]);
}
