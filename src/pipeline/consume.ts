import type { ClientContext } from '#component/consumer.ts';

/** `Consumer.consume` as a function. The graph passes on the data of any signal without reading it. */
export type Consume = (data: never, context: ClientContext) => Promise<void> | undefined;
