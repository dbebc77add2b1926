import protobuf from 'protobufjs';
import type { KubernetesObject } from './objects.ts';

/** What Helm writes into the Secrets of its releases, in Kubernetes' protobuf. Its clients read JSON, but write nothing else. */
const { root } = protobuf.parse(
  `syntax = "proto2";
  message Unknown { optional bytes raw = 2; }
  message ObjectMeta {
    optional string name = 1;
    optional string namespace = 3;
    map<string, string> labels = 11;
    map<string, string> annotations = 12;
  }
  message Secret { optional ObjectMeta metadata = 1; map<string, bytes> data = 2; optional string type = 3; }`,
  { keepCase: true },
);
const magic = Buffer.from('k8s\0');

/** Decodes a Secret. */
export function decodeSecret(body: Buffer): KubernetesObject {
  if (!body.subarray(0, 4).equals(magic)) throw new Error('not Kubernetes protobuf');
  const { raw } = root.lookupType('Unknown').decode(body.subarray(4)) as unknown as { readonly raw: Uint8Array };
  const type = root.lookupType('Secret');
  return type.toObject(type.decode(raw), { bytes: String });
}
