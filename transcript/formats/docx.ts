import { strToU8, zipSync } from 'fflate';
import type { TranscriptDocument } from '../document.ts';
import type { BinaryFormat, WriteOptions } from './format.ts';
import { paragraphsOf, titleOf } from './prose.ts';
import { escapeXml } from './xml.ts';

/** Office Open XML (ECMA-376), as little of it as Word, Writer and Pages open without a word. */

const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';
const officeDocument = 'http://schemas.openxmlformats.org/officeDocument/2006';
const packageNamespace = 'http://schemas.openxmlformats.org/package/2006';
const word = 'http://schemas.openxmlformats.org/wordprocessingml/2006/main';
const wordType = 'application/vnd.openxmlformats-officedocument.wordprocessingml';

const contentTypes = `${declaration}<Types xmlns="${packageNamespace}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/word/document.xml" ContentType="${wordType}.document.main+xml"/><Override PartName="/word/styles.xml" ContentType="${wordType}.styles+xml"/><Override PartName="/docProps/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/></Types>`;

const relationships = `${declaration}<Relationships xmlns="${packageNamespace}/relationships"><Relationship Id="rId1" Type="${officeDocument}/relationships/officeDocument" Target="word/document.xml"/><Relationship Id="rId2" Type="${packageNamespace}/relationships/metadata/core-properties" Target="docProps/core.xml"/></Relationships>`;

const documentRelationships = `${declaration}<Relationships xmlns="${packageNamespace}/relationships"><Relationship Id="rId1" Type="${officeDocument}/relationships/styles" Target="styles.xml"/></Relationships>`;

/** Sizes are in half points, distances in twentieths of a point. */
function styles(language: string): string {
  const style = (type: string, id: string, name: string, inside: string) =>
    `<w:style w:type="${type}" w:styleId="${id}"${id === 'Normal' ? ' w:default="1"' : ''}><w:name w:val="${name}"/>${inside}</w:style>`;
  return [
    `${declaration}<w:styles xmlns:w="${word}"><w:docDefaults><w:rPrDefault><w:rPr><w:sz w:val="22"/><w:lang w:val="${escapeXml(language)}"/></w:rPr></w:rPrDefault></w:docDefaults>`,
    style(
      'paragraph',
      'Normal',
      'Normal',
      '<w:pPr><w:spacing w:after="160" w:line="288" w:lineRule="auto"/></w:pPr>',
    ),
    style(
      'paragraph',
      'Title',
      'Title',
      '<w:basedOn w:val="Normal"/><w:pPr><w:spacing w:after="300"/></w:pPr><w:rPr><w:sz w:val="36"/></w:rPr>',
    ),
    style('character', 'Speaker', 'Speaker', '<w:rPr><w:b/></w:rPr>'),
    style('character', 'Time', 'Time', '<w:rPr><w:color w:val="595959"/><w:sz w:val="18"/></w:rPr>'),
    '</w:styles>',
  ].join('');
}

function run(text: string, style?: string): string {
  const properties = style === undefined ? '' : `<w:rPr><w:rStyle w:val="${style}"/></w:rPr>`;
  return `<w:r>${properties}<w:t xml:space="preserve">${escapeXml(text)}</w:t></w:r>`;
}

function body(document: TranscriptDocument, options: WriteOptions): string {
  const title = `<w:p><w:pPr><w:pStyle w:val="Title"/></w:pPr>${run(titleOf(document))}</w:p>`;
  const paragraphs = paragraphsOf(document, options).map(({ speaker, time, text }) => {
    const runs = [
      ...(speaker === undefined ? [] : [run(`${speaker}: `, 'Speaker')]),
      ...(time === undefined ? [] : [run(`${time}  `, 'Time')]),
      run(text),
    ];
    return `<w:p>${runs.join('')}</w:p>`;
  });
  // A4 with margins of an inch.
  const page =
    '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="708" w:footer="708" w:gutter="0"/></w:sectPr>';
  return `${declaration}<w:document xmlns:w="${word}"><w:body>${title}${paragraphs.join('')}${page}</w:body></w:document>`;
}

function core(document: TranscriptDocument): string {
  return `${declaration}<cp:coreProperties xmlns:cp="${packageNamespace}/metadata/core-properties" xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>${escapeXml(titleOf(document))}</dc:title></cp:coreProperties>`;
}

function writeBytes(document: TranscriptDocument, options: WriteOptions): Uint8Array {
  const parts = {
    '[Content_Types].xml': contentTypes,
    '_rels/.rels': relationships,
    'docProps/core.xml': core(document),
    'word/document.xml': body(document, options),
    'word/_rels/document.xml.rels': documentRelationships,
    'word/styles.xml': styles(document.languages.at(0) ?? 'en'),
  };
  const files = Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, strToU8(text)]));
  // The same document is the same file, whenever it is written.
  return zipSync(files, { mtime: new Date(1980, 0, 1) });
}

export const docx: BinaryFormat = { id: 'docx', extension: 'docx', name: 'DOCX', writeBytes };
