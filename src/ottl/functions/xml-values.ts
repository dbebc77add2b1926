import type { Element, Node } from '@xmldom/xmldom';
import type { AnyValue } from '#pdata/attributes.ts';
import { OttlError } from '../ottl-error.ts';
import { list, map } from '../value.ts';
import { mapOfLast } from './parsing.ts';
import { childrenOf, nodeTypes, parseXml } from './xml-document.ts';

/**
 * Converts the root element of a text to a map of its tag, text, attributes, and children.
 * @throws OttlError unless the text is XML that ends with its only element
 */
export function elementOfXml(xml: string): AnyValue {
  const children = childrenOf(parseXml(xml));
  const first = children.findIndex(isElement);
  if (first < 0) throw new OttlError('unmarshal xml: EOF');
  if (first < children.length - 1) throw new OttlError('trailing bytes after parsing xml');
  return elementMap(children[first] as Element);
}

/**
 * Converts a text to a map of the elements' texts by tag, without attributes. Repeated tags become lists.
 * @throws OttlError for a text that is not XML
 */
export function simplifiedXml(xml: string): AnyValue {
  return simplifiedMap(parseXml(xml));
}

function elementMap(element: Element): AnyValue {
  const children = childrenOf(element);
  const content = children
    .filter(isText)
    .map(({ nodeValue }) => (nodeValue ?? '').trim())
    .join('');
  const elements = children.filter(isElement);
  const attributes = [...element.attributes].map(({ name, value }) => [withoutPrefix(name), value] as const);
  return map([
    { key: 'tag', value: withoutPrefix(element.tagName) },
    ...(content === '' ? [] : [{ key: 'content', value: content }]),
    ...(attributes.length === 0 ? [] : [{ key: 'attributes', value: mapOfLast(attributes) }]),
    ...(elements.length === 0 ? [] : [{ key: 'children', value: list(elements.map(elementMap)) }]),
  ]);
}

function simplifiedMap(parent: Node): ReturnType<typeof map> {
  const byTag = Map.groupBy(childrenOf(parent).filter(isElement), ({ localName }) => localName!);
  return mapOfLast(
    [...byTag].flatMap(([tag, elements]): [string, AnyValue][] => {
      const values = elements.map(simplifiedValue).filter((value) => value !== undefined);
      if (elements.length > 1) return elements.some(({ firstChild }) => firstChild) ? [[tag, list(values)]] : [];
      return values.length === 0 ? [] : [[tag, values[0]]];
    }),
  );
}

function simplifiedValue(element: Element): AnyValue {
  const children = childrenOf(element);
  if (children.some(isElement)) {
    const inner = simplifiedMap(element);
    return inner.entries.length === 0 ? undefined : inner;
  }
  return children.find(isText)?.nodeValue || undefined;
}

function isElement(node: Node): node is Element {
  return node.nodeType === nodeTypes.element;
}

function isText({ nodeType }: Node): boolean {
  return nodeType === nodeTypes.text || nodeType === nodeTypes.cdata;
}

function withoutPrefix(name: string): string {
  return name.replace(/^.*:/, '');
}
