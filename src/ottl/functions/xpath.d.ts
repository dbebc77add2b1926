declare module 'xpath' {
  interface XPathOptions<Node> {
    readonly node: Node;
    readonly allowAnyNamespaceForNoPrefix: boolean;
    namespaces(prefix: string): string;
  }

  interface XPathExpression {
    /** @throws Error for an expression whose result is not nodes */
    evaluateNodeSet<Node>(options: XPathOptions<Node>): {
      /** Returns nodes in the order in which they were found. The other order loses attributes. */
      toUnsortedArray(): Node[];
    };
  }

  /** @throws Error for an invalid XPath 1.0 expression */
  export function parse(expression: string): XPathExpression;
}
