import { attributeActions } from '#attribute-actions/config.ts';
import { type ConfigOf, config, nullable, validated } from '#config/schema.ts';
import { matchProperties } from '#filterset/match-config.ts';

/** Configuration of the attributes processor. */
export const attributesConfig = validated(
  config('attributesprocessor.Config', {
    include: nullable(matchProperties).describe('Edits only items that match.'),
    exclude: nullable(matchProperties).describe('Does not edit items that match.'),
    actions: attributeActions().describe('Changes of the attributes, in order.'),
  }),
  ({ actions }) => (actions.length === 0 ? 'missing required field "actions"' : undefined),
);

export type AttributesConfig = ConfigOf<typeof attributesConfig>;
