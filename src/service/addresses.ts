import type { ListenerPurpose, ListenerView } from '#component/views/component-views.ts';

/** Addresses of listeners for a user on the same machine. */
interface Addresses {
  /** `http://localhost:4318`, to which SDKs append the path of the signal. */
  readonly otlpHttp: readonly string[];
  /** `http://localhost:4317` */
  readonly otlpGrpc: readonly string[];
  readonly metrics: readonly string[];
  readonly console: readonly string[];
  /** Ports that accept OTLP from every network interface, without authentication. */
  readonly openPorts: readonly string[];
}

/** Returns the addresses that a user needs next: to send to, to scrape, and to open in a browser. */
export function addressesOf(listeners: readonly ListenerView[]): Addresses {
  const of = (purpose: ListenerPurpose) => listeners.filter((each) => each.purpose === purpose);
  const otlp = [...of('otlp_http'), ...of('otlp_grpc')];
  return {
    otlpHttp: of('otlp_http').map((each) => originOf(each)),
    otlpGrpc: of('otlp_grpc').map((each) => originOf(each)),
    metrics: of('metrics').map((each) => `${originOf(each)}${each.path}`),
    console: of('console').map((each) => `${originOf(each)}${each.path}`),
    openPorts: otlp.filter(({ address, hasAuth }) => !hasAuth && isEveryInterface(address)).map(portOf),
  };
}

/** Returns one sentence for each next step of a user. */
export function nextSteps({ otlpHttp, otlpGrpc, metrics, console }: Addresses): string {
  const send = [
    ...(otlpHttp.length > 0 ? [`to ${otlpHttp.join(' and ')}`] : []),
    ...(otlpGrpc.length > 0 ? [`over gRPC to ${otlpGrpc.join(' and ')}`] : []),
  ];
  return [
    ...(send.length > 0 ? [`Send OTLP ${send.join(', or ')}.`] : []),
    ...(metrics.length > 0 ? [`Scrape ${metrics.join(' and ')}.`] : []),
    ...(console.length > 0 ? [`Open ${console.join(' or ')} in a browser.`] : []),
  ].join(' ');
}

function originOf({ address, hasTls }: ListenerView): string {
  if (address.startsWith('/')) return `unix:${address}`;
  const host = address.slice(0, address.lastIndexOf(':'));
  const isLocal = isEveryInterface(address) || host === '127.0.0.1' || host === '[::1]';
  return `${hasTls ? 'https' : 'http'}://${isLocal ? 'localhost' : host}:${portOf({ address })}`;
}

function portOf({ address }: { readonly address: string }): string {
  return address.slice(address.lastIndexOf(':') + 1);
}

function isEveryInterface(address: string): boolean {
  return /^(\[::\]|0\.0\.0\.0|):\d+$/.test(address);
}
