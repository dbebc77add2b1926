declare module 'xpath' {
  interface XPathOptions<Node> {
    readonly node: Node;
    readonly allowAnyNamespaceForNoPrefix: boolean;
    namespaces(prefix: string): string;
  }

  interface XPathExpression {
    /** @throws Error for an expression that gives no nodes */
    evaluateNodeSet<Node>(options: XPathOptions<Node>): {
      /** Nodes in the order in which they were found. The other order loses attributes. */
      toUnsortedArray(): Node[];
    };
  }

  /** @throws Error for a text that is no XPath 1.0 expression */
  export function parse(expression: string): XPathExpression;
}
