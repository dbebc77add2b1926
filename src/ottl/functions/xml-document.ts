import { DOMParser, type Document, type Element, type Node } from '@xmldom/xmldom';
import { OttlError } from '../ottl-error.ts';

/** Numbers of the DOM's node types. */
export const nodeTypes = {
  element: 1,
  attribute: 2,
  text: 3,
  cdata: 4,
  instruction: 7,
  comment: 8,
  document: 9,
} as const;

/** Maximum depth of elements, so that no document exhausts the stack. */
const maxDepth = 1000;

/**
 * Parses XML. Same as in the Collector, a document may have several root elements and texts.
 * @throws OttlError for a text that is not well-formed
 */
export function parseXml(text: string): Document {
  const declaration = /^<\?xml\s.*?\?>/s.exec(text)?.[0] ?? '';
  const problems: string[] = [];
  const parser = new DOMParser({
    locator: false,
    onError: (level, message) => {
      if (level !== 'warning') problems.push(message);
    },
  });
  let document: Document | undefined;
  try {
    document = parser.parseFromString(`<root>${text.slice(declaration.length)}</root>`, 'text/xml');
  } catch (error) {
    problems.push((error as Error).message);
  }
  if (!document?.documentElement || problems.length > 0)
    throw new OttlError(`parse xml: ${problems[0] ?? 'no element'}`);
  const wrapper = document.documentElement;
  if (declaration !== '') {
    wrapper.insertBefore(document.createProcessingInstruction('xml', declaration.slice(6, -2)), wrapper.firstChild);
  }
  unwrap(document, wrapper);
  checkDepth(document);
  return document;
}

/** Moves the children of the wrapper to the document. The DOM's own methods allow only one root element. */
function unwrap(document: Document, wrapper: Element): void {
  const children = childrenOf(wrapper);
  document.removeChild(wrapper);
  for (const child of children) (child as { parentNode: Node | null }).parentNode = document;
  Object.assign(document, { firstChild: children[0] ?? null, lastChild: children.at(-1) ?? null });
}

function checkDepth(root: Document): void {
  let depth = 0;
  for (let node: Node | null = root; node; ) {
    if (depth > maxDepth) throw new OttlError(`exceeded maximum XML nesting depth of ${maxDepth}`);
    if (node.firstChild) {
      node = node.firstChild;
      depth++;
      continue;
    }
    while (node && node !== root && !node.nextSibling) {
      node = node.parentNode;
      depth--;
    }
    if (!node || node === root) return;
    node = node.nextSibling;
  }
}

/** Returns the children of a node. */
export function childrenOf(node: Node): Node[] {
  const children: Node[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
};
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => escapes[character]!);

/** Formats nodes like the Collector: without blanks around text, and without empty-element tags. */
export function xmlText(nodes: readonly Node[], preservesSpace = false): string {
  return nodes.map((node) => nodeText(node, preservesSpace)).join('');
}

function nodeText(node: Node, preservesSpace: boolean): string {
  const data = node.nodeValue ?? '';
  switch (node.nodeType) {
    case nodeTypes.text:
      return escaped(preservesSpace ? data : data.trim());
    case nodeTypes.cdata:
      return `<![CDATA[${data}]]>`;
    case nodeTypes.comment:
      return `<!--${data}-->`;
    case nodeTypes.instruction:
      return `<?${node.nodeName}${data === '' ? '' : ` ${data}`}?>`;
    case nodeTypes.element: {
      const element = node as Element;
      const attributes = [...element.attributes].map(({ name, value }) => ` ${name}="${escaped(value)}"`).join('');
      const space = element.getAttribute('xml:space');
      const preserves = space === 'preserve' || (preservesSpace && space !== 'default');
      return `<${element.tagName}${attributes}>${xmlText(childrenOf(element), preserves)}</${element.tagName}>`;
    }
    default:
      return '';
  }
}
