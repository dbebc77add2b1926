import type { Component, ComponentId, ComponentKind, Host, Logger, ServiceDescription } from '#component/component.ts';
import type { ServiceViews } from '#component/views/service-views.ts';
import type { GraphNode, NodeKind } from './node.ts';

/** What the service provides to components when they start. */
export interface StartContext {
  readonly logger: Logger;
  extension(id: ComponentId): Component | undefined;
  fatal(error: Error): void;
  describe?(): ServiceDescription;
  readonly views?: ServiceViews;
  reportStatus?(id: ComponentId, problem: Error | undefined, kind: ComponentKind): void;
}

/** A component failed to start. The components before it are running. */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly node: GraphNode;
  override readonly cause: Error;

  constructor(message: string, { node, cause }: { readonly node: GraphNode; readonly cause: Error }) {
    super(message);
    this.node = node;
    this.cause = cause;
  }
}

/**
 * Starts components in the given order: exporters first and receivers last, so that a receiver opens only after all
 * later stages are ready.
 * @throws StartError `failed to start "prometheus" exporter: listen tcp …`
 */
export async function startComponents(nodes: readonly GraphNode[], context: StartContext): Promise<void> {
  for (const node of nodes) {
    try {
      await node.component.start(hostFor(node, context));
    } catch (error) {
      const { message } = error as Error;
      const type = node.kind.charAt(0).toUpperCase() + node.kind.slice(1);
      context.logger.error('Failed to start component', { error: message, type, id: node.id });
      throw new StartError(`failed to start ${JSON.stringify(node.id)} ${node.kind}: ${message}`, {
        node,
        cause: error as Error,
      });
    }
  }
}

/** Records the extensions that a component uses. If one of them is replaced, so is the component. */
export function hostFor(node: GraphNode, { extension, fatal, reportStatus, describe, views }: StartContext): Host {
  return {
    ...(describe && { describe }),
    ...(views && { views }),
    ...(reportStatus && { reportStatus: (id, problem) => reportStatus(id, problem, node.kind) }),
    extension: (id) => {
      node.usedExtensions.add(id);
      return extension(id);
    },
    fatal,
  };
}

/**
 * Stops components in the direction of the data: all receivers together, then one processor after another, each of which flushes into
 * the next, then all exporters together. Stops every component even if one fails.
 * @returns the errors
 */
export async function stopComponents(nodes: readonly GraphNode[], deadline: AbortSignal): Promise<Error[]> {
  const of = (kind: NodeKind) => nodes.filter((node) => node.kind === kind).toReversed();
  const errors: Error[] = [];
  const stop = async (node: GraphNode) => {
    try {
      await node.component.shutdown(deadline);
    } catch (error) {
      errors.push(error as Error);
    }
  };
  await Promise.all(of('receiver').map(stop));
  for (const processor of of('processor')) await stop(processor);
  await Promise.all(of('exporter').map(stop));
  for (const extension of of('extension')) await stop(extension);
  return errors;
}
