/**
 * Reason why a listener rejected a request or a connection before any pipeline received data: the label `reason` of
 * `pitot_receiver_rejected_requests_total`.
 */
export type RejectReason =
  /** HTTP: no signal is received at this path. */
  | 'path'
  | 'method'
  | 'media_type'
  /** Content-Encoding that is not supported or not allowed. */
  | 'encoding'
  /** The body cannot be decompressed. */
  | 'body'
  /** The body is not the OTLP message that its media type announces. */
  | 'decode'
  /** The body is larger than the limit of the HTTP listener. */
  | 'size'
  /** TLS on a listener without TLS. */
  | 'tls'
  /** HTTP/1.1 without TLS on a listener with TLS, or HTTP/1.1 on the gRPC listener. */
  | 'plain_http'
  /** HTTP/2 without TLS, which is how gRPC begins, on the HTTP listener. */
  | 'http2_preface'
  /** Bytes that are not an HTTP request, for example StatsD text. */
  | 'not_http'
  /** The gRPC message is larger than the limit. */
  | 'grpc_size'
  | 'auth'
  /** Too many bytes of requests are being received. */
  | 'pending'
  /** The client disconnected before its request was applied. */
  | 'gone'
  /** OTLP sent to a port that is scraped. */
  | 'wrong_port'
  /**
   * Two processes write to one connection, as after a fork: a body begins with the head of another request, or the bytes after a
   * request are not a request.
   */
  | 'shared_connection';

export type Transport = 'http' | 'grpc';

/** All rejections with the same reason, correction, and client. Texts come from the network and are truncated. */
export interface RejectedRequests {
  readonly reason: RejectReason;
  readonly transport: Transport;
  /** IP address of the client; empty if unknown. */
  readonly address: string;
  /** Local port. */
  readonly port: number;
  readonly count: number;
  readonly firstUnixMs: number;
  readonly lastUnixMs: number;
  /** Method of the latest rejection; empty if the client sent none. */
  readonly method: string;
  readonly path: string;
  readonly contentType: string;
  readonly userAgent: string;
  /** Details of the latest rejection, such as `StatsD text` or the error of the decoder. Can be empty. */
  readonly detail: string;
}
