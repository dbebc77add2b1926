import { type ByteString, toByteString } from '#bytes/utf8.ts';
import { Memo } from '#cache/memo.ts';
import type { MetricDescriptor } from '#pdata/metrics.ts';
import { attributesBlock } from '../attributes-text.ts';
import { flat } from '../text.ts';

/** A metric's descriptor lines, around the name of its type. */
export interface DescriptorText {
  readonly beforeType: ByteString;
  readonly afterType: ByteString;
}

/** Descriptor lines, cached by reference. */
export class Descriptors {
  readonly #memo = new Memo<MetricDescriptor, DescriptorText>(8192);

  of(descriptor: MetricDescriptor): DescriptorText {
    return this.#memo.get(descriptor) ?? this.#memo.set(descriptor, descriptorText(descriptor));
  }
}

function descriptorText({ name, description, unit, metadata }: MetricDescriptor): DescriptorText {
  const fields = [
    `     -> Name: ${toByteString(name)}\n`,
    `     -> Description: ${toByteString(description)}\n`,
    `     -> Unit: ${toByteString(unit)}\n`,
  ];
  return {
    beforeType: flat(`Descriptor:\n${fields.join('')}     -> DataType: `),
    afterType: flat(`\n${attributesBlock(metadata, '     -> Metadata:', '          -> ')}`),
  };
}
