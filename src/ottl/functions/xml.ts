import type { Attr, Document, Node } from '@xmldom/xmldom';
import { parse as parseXPath } from 'xpath';
import { OttlError, OttlParseError } from '../ottl-error.ts';
import { literalText, optional, type Parameter, text } from '../parameters.ts';
import { type Converters, convert, converter } from './define.ts';
import { childrenOf, nodeTypes, parseXml, xmlText } from './xml-document.ts';
import { elementOfXml, simplifiedXml } from './xml-values.ts';

/** Returns the nodes of a document that an XPath selects. */
type Select = (document: Document) => Node[];

/** @throws OttlParseError for an invalid XPath 1.0 expression */
function compiledXPath(path: string): Select {
  try {
    const expression = parseXPath(path);
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

/**
 * Parses a document and passes it to `work`.
 * @throws OttlError if the document, or a path in it, is invalid
 */
function withDocument<T>(xml: string, work: (document: Document) => T): T {
  const document = parseXml(xml);
  try {
    return work(document);
  } catch (error) {
    // XPath and the DOM throw errors of their own classes.
    throw error instanceof OttlError ? error : new OttlError((error as Error).message);
  }
}

/** Applies `edit` to each selected node, and returns the whole document as text. */
function edited(xml: string, select: Select, edit: (node: Node) => void): string {
  return withDocument(xml, (document) => {
    for (const node of select(document)) edit(node);
    return xmlText(childrenOf(document));
  });
}

/** Converters of XML texts. */
export const xmlConverters: Converters = {
  ParseXML: convert('target', text, elementOfXml),
  ParseSimplifiedXML: convert('target', text, simplifiedXml),
  GetXML: converter({ target: text, x_path: xpath }, ({ target, x_path: select }) => (context) => {
    const xml = target(context);
    if (xml === '') return '';
    return withDocument(xml, (document) => {
      const shown = select(document).map((node) => {
        const isPlain = node.nodeType === nodeTypes.attribute || node.nodeType === nodeTypes.cdata;
        return isPlain ? document.createTextNode(node.nodeValue ?? '') : node;
      });
      const isShown = ({ nodeType }: Node) => nodeType === nodeTypes.element || nodeType === nodeTypes.text;
      return xmlText(shown.filter(isShown));
    });
  }),
  RemoveXML: converter({ target: text, x_path: xpath }, ({ target, x_path: select }) => (context) => {
    const xml = target(context);
    return xml === '' ? '' : edited(xml, select, removeNode);
  }),
  InsertXML: converter(
    { target: text, x_path: xpath, sub_document: text },
    ({ target, x_path: select, sub_document: added }) =>
      (context) => {
        const inserted = parseXml(added(context));
        return edited(target(context), select, (node) => insertInto(node, inserted));
      },
  ),
  ConvertAttributesToElementsXML: converter({ target: text, x_path: optional(xpath) }, ({ target, x_path: given }) => {
    const select = given ?? compiledXPath('//@*');
    return (context) => edited(target(context), select, attributeToElement);
  }),
  ConvertTextToElementsXML: converter(
    { target: text, x_path: optional(xpath), element_name: optional(literalText) },
    ({ target, x_path: given, element_name: name }) => {
      const select = given ?? ((document: Document) => [document]);
      return (context) => edited(target(context), select, (node) => wrapTexts(node, name || 'value'));
    },
  ),
};
