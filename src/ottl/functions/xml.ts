import type { Attr, Document, Element, Node } from '@xmldom/xmldom';
import { parse as parseXPath } from 'xpath';
import type { AnyValue } from '#pdata/attributes.ts';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { literalText, optional, type Parameter, text } from '../parameters.ts';
import { list, map } from '../value.ts';
import { type Converters, convert, converter } from './define.ts';
import { mapOfLast } from './parsing.ts';
import { childrenOf, nodeTypes, parseXml, xmlText } from './xml-document.ts';

/** Finds nodes of a document. */
type Select = (document: Document) => Node[];

/** @throws OttlParseError for an invalid XPath 1.0 expression */
function compiledXPath(written: string): Select {
  try {
    const expression = parseXPath(written);
    return (document) =>
      expression
        .evaluateNodeSet<Node>({
          node: document,
          allowAnyNamespaceForNoPrefix: true,
          namespaces: (prefix) => document.firstChild?.lookupNamespaceURI(prefix) ?? `unknown:${prefix}`,
        })
        .toUnsortedArray();
  } catch (error) {
    throw new OttlParseError(`invalid xpath: ${(error as Error).message}`);
  }
}

const xpath: Parameter<Select> = { read: (argument) => compiledXPath(literalText.read(argument)) };

function removeNode(node: Node): void {
  if (node.nodeType === nodeTypes.attribute) {
    const { ownerElement, name } = node as Attr;
    ownerElement?.removeAttribute(name);
  } else node.parentNode?.removeChild(node);
}

function attributeToElement(node: Node): void {
  if (node.nodeType !== nodeTypes.attribute) return;
  const { ownerElement, name, value } = node as Attr;
  if (!ownerElement) return;
  const element = ownerElement.ownerDocument!.createElement(name);
  element.appendChild(ownerElement.ownerDocument!.createTextNode(value));
  ownerElement.appendChild(element);
  ownerElement.removeAttribute(name);
}

function hasChildren({ nodeType }: Node): boolean {
  return nodeType === nodeTypes.element || nodeType === nodeTypes.document;
}

/** Wraps each text between elements in a new element, at all levels. */
function wrapTexts(parent: Node, name: string): void {
  if (!hasChildren(parent)) return;
  const children = childrenOf(parent);
  for (const child of children) wrapTexts(child, name);
  const texts = children.filter(({ nodeType }) => nodeType === nodeTypes.text);
  const elements = children.filter(({ nodeType }) => nodeType === nodeTypes.element);
  if (texts.length === 0 || texts.length + elements.length <= 1) return;
  for (const child of texts) {
    const element = (parent.ownerDocument ?? (parent as Document)).createElement(name);
    parent.insertBefore(element, child);
    element.appendChild(child);
  }
}

function insertInto(node: Node, added: Document): void {
  if (!hasChildren(node)) {
    throw new OttlError(`InsertXML XPath selected non-element: ${JSON.stringify(node.nodeName)}`);
  }
  for (const child of childrenOf(added))
    node.appendChild((node.ownerDocument ?? (node as Document)).importNode(child, true));
}

/** Converts the elements of a document to maps, with all attributes and texts. */
function elementMap(element: Element): AnyValue {
  const children = childrenOf(element);
  const isText = ({ nodeType }: Node) => nodeType === nodeTypes.text || nodeType === nodeTypes.cdata;
  const content = children
    .filter(isText)
    .map(({ nodeValue }) => (nodeValue ?? '').trim())
    .join('');
  const elements = children.filter(({ nodeType }) => nodeType === nodeTypes.element) as Element[];
  const attributes = [...element.attributes].map(({ name, value }) => [name.replace(/^.*:/, ''), value] as const);
  return map([
    { key: 'tag', value: element.tagName.replace(/^.*:/, '') },
    ...(content === '' ? [] : [{ key: 'content', value: content }]),
    ...(attributes.length === 0 ? [] : [{ key: 'attributes', value: mapOfLast(attributes) }]),
    ...(elements.length === 0 ? [] : [{ key: 'children', value: list(elements.map(elementMap)) }]),
  ]);
}

function parsedXml(written: string): AnyValue {
  const children = childrenOf(parseXml(written));
  const first = children.findIndex(({ nodeType }) => nodeType === nodeTypes.element);
  if (first < 0) throw new OttlError('unmarshal xml: EOF');
  if (first < children.length - 1) throw new OttlError('trailing bytes after parsing xml');
  return elementMap(children[first] as Element);
}

/** Converts elements to a map of their texts by tag. Repeated tags become lists. */
function simplifiedMap(parent: Node): ReturnType<typeof map> {
  const elements = childrenOf(parent).filter(({ nodeType }) => nodeType === nodeTypes.element) as Element[];
  const values = new Map<string, AnyValue[]>();
  for (const element of elements) {
    const all = values.get(element.localName!) ?? [];
    values.set(element.localName!, all);
    const value = simplifiedValue(element);
    if (value !== undefined) all.push(value);
  }
  const isRepeated = (tag: string) => elements.filter(({ localName }) => localName === tag).length > 1;
  return mapOfLast(
    [...values].flatMap(([tag, all]): [string, AnyValue][] => {
      if (isRepeated(tag))
        return elements.some((each) => each.localName === tag && each.firstChild) ? [[tag, list(all)]] : [];
      return all.length === 0 ? [] : [[tag, all[0]]];
    }),
  );
}

function simplifiedValue(element: Element): AnyValue {
  const children = childrenOf(element);
  if (children.some(({ nodeType }) => nodeType === nodeTypes.element)) {
    const inner = simplifiedMap(element);
    return inner.entries.length === 0 ? undefined : inner;
  }
  const leaf = children.find(({ nodeType }) => nodeType === nodeTypes.text || nodeType === nodeTypes.cdata);
  return leaf?.nodeValue || undefined;
}

/**
 * Parses a document and passes it to `work`.
 * @throws OttlError if the document, or a path in it, is invalid
 */
function withDocument<T>(written: string, work: (document: Document) => T): T {
  const document = parseXml(written);
  try {
    return work(document);
  } catch (error) {
    // XPath and the DOM throw their own errors.
    throw error instanceof OttlError ? error : new OttlError((error as Error).message);
  }
}

/** Changes the nodes at a path, and returns the whole document. */
function edited(written: string, select: Select, edit: (node: Node) => void): string {
  return withDocument(written, (document) => {
    for (const node of select(document)) edit(node);
    return xmlText(childrenOf(document));
  });
}

/** Converters of XML texts. */
export const xmlConverters: Converters = {
  ParseXML: convert('target', text, parsedXml),
  ParseSimplifiedXML: convert('target', text, (written) => simplifiedMap(parseXml(written))),
  GetXML: converter({ target: text, x_path: xpath }, ({ target, x_path: select }) => (context) => {
    const written = target(context);
    if (written === '') return '';
    return withDocument(written, (document) => {
      const shown = select(document).map((node) => {
        const isPlain = node.nodeType === nodeTypes.attribute || node.nodeType === nodeTypes.cdata;
        return isPlain ? document.createTextNode(node.nodeValue ?? '') : node;
      });
      const isShown = ({ nodeType }: Node) => nodeType === nodeTypes.element || nodeType === nodeTypes.text;
      return xmlText(shown.filter(isShown));
    });
  }),
  RemoveXML: converter({ target: text, x_path: xpath }, ({ target, x_path: select }) => (context) => {
    const written = target(context);
    return written === '' ? '' : edited(written, select, removeNode);
  }),
  InsertXML: converter(
    { target: text, x_path: xpath, sub_document: text },
    ({ target, x_path: select, sub_document: added }) =>
      (context) => {
        const inserted = parseXml(added(context));
        return edited(target(context), select, (node) => insertInto(node, inserted));
      },
  ),
  ConvertAttributesToElementsXML: converter(
    { target: text, x_path: optional(xpath) },
    ({ target, x_path: written }) => {
      const select = written ?? compiledXPath('//@*');
      return (context) => edited(target(context), select, attributeToElement);
    },
  ),
  ConvertTextToElementsXML: converter(
    { target: text, x_path: optional(xpath), element_name: optional(literalText) },
    ({ target, x_path: written, element_name: name }) => {
      const select = written ?? ((document: Document) => [document]);
      return (context) => edited(target(context), select, (node) => wrapTexts(node, name || 'value'));
    },
  ),
};
