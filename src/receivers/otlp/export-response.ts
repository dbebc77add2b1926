import type { ServerResponse } from 'node:http';
import { codeOfHttp } from '#component/rpc-codes.ts';
import { httpStatusOf, type RpcStatus, statusToJson, statusToProtobuf } from '#grpc-server/rpc-status.ts';
import type { Refusal } from '#http/plain-text.ts';
import { type PartialSuccess, partialSuccessToJson, partialSuccessToProtobuf } from './partial-success.ts';

/** Encoding of a request and of its response. */
export type Format = 'protobuf' | 'json';

const success: Readonly<Record<Format, { headers: readonly string[]; body: string }>> = {
  // An empty partial success: field 1, length 0.
  protobuf: { headers: ['Content-Type', 'application/x-protobuf', 'Content-Length', '2'], body: '\n\0' },
  json: { headers: ['Content-Type', 'application/json', 'Content-Length', '21'], body: '{"partialSuccess":{}}' },
};

/** Responds that the request was accepted, except for the items in `partial`, which exceed a limit. */
export function answerSuccess(response: ServerResponse, format: Format, partial?: PartialSuccess): void {
  if (partial !== undefined) {
    const json = format === 'json';
    const body = json ? Buffer.from(partialSuccessToJson(partial)) : partialSuccessToProtobuf(partial);
    response.writeHead(200, [
      'Content-Type',
      `application/${json ? 'json' : 'x-protobuf'}`,
      'Content-Length',
      String(body.length),
    ]);
    response.end(body);
    return;
  }
  const { headers, body } = success[format];
  response.writeHead(200, headers as string[]);
  response.end(body, 'latin1');
}

/** Responds with a Status in the request's format and the HTTP status of its code. */
export function answerStatus(response: ServerResponse, format: Format, status: RpcStatus): void {
  const httpStatus = httpStatusOf(status.code);
  const body = format === 'json' ? Buffer.from(statusToJson(status)) : statusToProtobuf(status);
  const headers = [
    ...['Content-Type', format === 'json' ? 'application/json' : 'application/x-protobuf'],
    ...['Content-Length', String(body.length)],
  ];
  if (status.retryAfterSeconds !== undefined && (httpStatus === 429 || httpStatus === 503)) {
    headers.push('Retry-After', String(Math.trunc(status.retryAfterSeconds)));
  }
  response.writeHead(httpStatus, headers);
  response.end(body);
}

/**
 * Responds to a request that is refused before its format matters (401, or 400 for an encoding). Uses JSON unless the
 * content type is that of protobuf.
 */
export function answerRefusal(
  response: ServerResponse,
  contentType: string | undefined,
  { status, message, retryAfterSeconds }: Refusal,
): void {
  answerStatus(response, formatOf(contentType) ?? 'json', { code: codeOfHttp(status), message, retryAfterSeconds });
}

/** Responds with `405 method not allowed, …`. */
export function answerMethodNotAllowed(response: ServerResponse): void {
  const text = '405 method not allowed, supported: [POST]';
  answerText(response, { status: 405, contentType: 'text/plain', text });
}

/** Responds with `415 unsupported media type, …`. */
export function answerUnsupportedMediaType(response: ServerResponse): void {
  const text = '415 unsupported media type, supported: [application/json, application/x-protobuf]';
  answerText(response, { status: 415, contentType: 'text/plain', text });
}

function answerText(
  response: ServerResponse,
  { status, contentType, text }: { readonly status: number; readonly contentType: string; readonly text: string },
): void {
  response.writeHead(status, ['Content-Type', contentType, 'Content-Length', String(text.length)]);
  response.end(text);
}

/** Returns the format of a Content-Type. Undefined for another one and for one that cannot be parsed. */
export function formatOf(contentType: string | undefined): Format | undefined {
  if (contentType === 'application/x-protobuf') return 'protobuf';
  if (contentType === 'application/json') return 'json';
  const mediaType = contentType === undefined ? undefined : mediaTypeOf(contentType);
  if (mediaType === 'application/x-protobuf') return 'protobuf';
  return mediaType === 'application/json' ? 'json' : undefined;
}

const token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
const parameter = new RegExp(`^\\s*;\\s*(${token})\\s*=\\s*(?:${token}|"(?:[^"\\\\]|\\\\.)*")`);

/**
 * Returns the media type in lower case. Undefined if the header violates Go's rules: an invalid or duplicate parameter.
 */
function mediaTypeOf(header: string): string | undefined {
  const semicolon = header.indexOf(';');
  const mediaType = (semicolon < 0 ? header : header.slice(0, semicolon)).trim().toLowerCase();
  let rest = semicolon < 0 ? '' : header.slice(semicolon);
  const names = new Set<string>();
  while (rest.trim() !== '') {
    const match = parameter.exec(rest);
    if (!match) return rest.trim() === ';' ? mediaType : undefined;
    const name = match[1]!.toLowerCase();
    if (names.has(name)) return undefined;
    names.add(name);
    rest = rest.slice(match[0].length);
  }
  return mediaType;
}
