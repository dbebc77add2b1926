import type { AnyValue } from '#pdata/attributes.ts';
import type { Span } from '#pdata/traces.ts';
import { textLike } from '../conversions.ts';
import { OttlParseError } from '../ottl-error.ts';
import { literalText, optional } from '../parameters.ts';
import { type Converters, converter, type Editors, editor } from './define.ts';

/** Converters of the context `span`. */
export const spanConverters: Converters = {
  IsRootSpan: converter(
    {},
    () =>
      ({ span }) =>
        span.parentSpanId === '',
  ),
};

/** Range of semantic convention versions that the Collector supports. */
const versions = { from: [1, 37, 0], to: [1, 43, 0] } as const;

/** Editors of the context `span`. */
export const spanEditors: Editors = {
  set_semconv_span_name: editor(
    { semconv_version: literalText, original_span_name_attribute: optional(literalText) },
    ({ semconv_version: version, original_span_name_attribute: attribute }) => {
      checkVersion(version);
      if (attribute === '') throw new OttlParseError('originalSpanNameAttribute cannot be an empty string');
      return (context) => {
        const { span } = context;
        const name = semconvName(span);
        if (name === span.name) return;
        const others = span.attributes.entries.filter(({ key }) => key !== attribute);
        const attributes =
          attribute === undefined ? span.attributes : { entries: [...others, { key: attribute, value: span.name }] };
        context.span = { ...span, name, attributes };
      };
    },
  ),
};

function checkVersion(version: string): void {
  const match = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?$/.exec(version);
  if (!match)
    throw new OttlParseError(`failed to parse semconv version ${JSON.stringify(version)}: invalid semantic version`);
  const number = ([major = 0, minor = 0, patch = 0]: readonly number[]) => (major * 1000 + minor) * 1000 + patch;
  const given = number(match.slice(1).map((part) => Number(part ?? 0)));
  if (given < number(versions.from) || given > number(versions.to)) {
    throw new OttlParseError(
      `unsupported semconv version ${JSON.stringify(version)}: must be between ${versions.from.join('.')} and ${versions.to.join('.')}`,
    );
  }
}

/** Numbers of OTLP's span kinds. */
const [server, client, producer, consumer] = [2, 3, 4, 5];

type Attribute = (...names: readonly string[]) => string | undefined;

/** Returns the name of a span according to the semantic conventions, by its kind and attributes. */
function semconvName(span: Span): string {
  const attribute: Attribute = (...names) => {
    for (const name of names) {
      const entry = span.attributes.entries.find(({ key }) => key === name);
      if (entry) return textLike(entry.value) ?? '';
    }
    return undefined;
  };
  const flag = (name: string): AnyValue => span.attributes.entries.find(({ key }) => key === name)?.value;
  const messaging = () => messagingName(attribute, flag);
  switch (span.kind) {
    case server:
      return httpName(attribute, 'http.route') || rpcName(attribute) || messaging() || span.name;
    case client:
      return (
        httpName(attribute, 'url.template') || rpcName(attribute) || databaseName(attribute) || messaging() || span.name
      );
    case producer:
    case consumer:
      return messaging() || span.name;
    default:
      return span.name;
  }
}

function httpName(attribute: Attribute, subject: string): string | undefined {
  const method = attribute('http.request.method', 'http.method');
  const target = attribute(subject);
  return method !== undefined && target !== undefined ? `${method} ${target}` : method;
}

function rpcName(attribute: Attribute): string | undefined {
  const system = attribute('rpc.system.name', 'rpc.system');
  if (system === undefined) return undefined;
  const method = attribute('rpc.method', 'rpc.grpc.method');
  const service = attribute('rpc.service', 'rpc.grpc.service');
  if (service === undefined) return method ?? system;
  return `${service}/${method ?? '*'}`;
}

function databaseName(attribute: Attribute): string | undefined {
  const system = attribute('db.system.name', 'db.system');
  if (system === undefined) return undefined;
  const summary = attribute('db.query.summary');
  if (summary !== undefined) return summary;
  const operation = attribute('db.operation.name', 'db.operation') ?? '';
  return [operation, databaseTarget(attribute) ?? ''].filter((part) => part !== '').join(' ') || system;
}

function databaseTarget(attribute: Attribute): string | undefined {
  const namespace = attribute('db.namespace', 'db.name');
  const inside = attribute('db.collection.name') ?? attribute('db.stored_procedure.name');
  if (inside !== undefined) return namespace ? `${namespace}.${inside}` : inside;
  return namespace || serverName(attribute);
}

function serverName(attribute: Attribute): string | undefined {
  const address = attribute('server.address');
  const port = attribute('server.port');
  return address !== undefined && port !== undefined ? `${address}:${port}` : address;
}

function messagingName(attribute: Attribute, flag: (name: string) => AnyValue): string | undefined {
  const system = attribute('messaging.system');
  if (system === undefined) return undefined;
  const operation = attribute('messaging.operation.name', 'messaging.operation');
  const destination = messagingDestination(attribute, flag);
  if (!destination) return operation ?? system;
  return operation === undefined ? destination : `${operation} ${destination}`;
}

function messagingDestination(attribute: Attribute, flag: (name: string) => AnyValue): string | undefined {
  if (flag('messaging.destination.temporary') === true) return '(temporary)';
  if (flag('messaging.destination.anonymous') === true) return '(anonymous)';
  return (
    attribute('messaging.destination.template') ??
    attribute('messaging.destination.name', 'messaging.destination') ??
    serverName(attribute)
  );
}
