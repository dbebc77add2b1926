import { attributeActions } from '#attribute-actions/config.ts';
import { type ConfigOf, config, validated } from '#config/schema.ts';

/** Configuration of the resource processor (docs/reference/collector-behaviour.md#resource-processor). */
export const resourceConfig = validated(
  config('resourceprocessor.Config', {
    attributes: attributeActions().describe('Changes of the attributes of every resource, in order.'),
  }),
  ({ attributes }) => (attributes.length === 0 ? 'missing required field "attributes"' : undefined),
);

export type ResourceConfig = ConfigOf<typeof resourceConfig>;
