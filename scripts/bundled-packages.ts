import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };

export interface BundledPackage {
  readonly folder: string;
  readonly name: string;
  readonly version: string;
  /** An SPDX expression. */
  readonly license: string;
}

/** Returns the packages to which the files of a bundle belong, by folder. */
export function bundledPackages(files: readonly string[]): BundledPackage[] {
  const folders = files.flatMap((path) => path.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []);
  return [...new Set(folders)].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
    return { folder, name, version, license };
  });
}

/** Returns names, versions, and licenses of packages with their texts. */
export function notices(packages: readonly BundledPackage[]): string {
  const parts = packages.map(({ folder, name, version, license }) => {
    const texts = readdirSync(folder).filter(
      (file) => /^(licen[cs]e|notice|copying)/i.test(file) && existsSync(join(folder, file)),
    );
    return [
      `${name} ${version} (${license})`,
      ...texts.map((file) => readFileSync(join(folder, file), 'utf8').trim()),
    ].join('\n\n');
  });
  return `${parts.join(`\n\n${'-'.repeat(80)}\n\n`)}\n`;
}

/** Returns a software bill of materials (CycloneDX 1.6), without a time or a serial number, so that two builds have the same bytes. */
export function billOfMaterials(packages: readonly BundledPackage[]): string {
  const component = ({ name, version, license }: Omit<BundledPackage, 'folder'>) => {
    const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
    return { type: 'library', 'bom-ref': purl, name, version, purl, licenses: [{ expression: license }] };
  };
  const main = { ...component(packageJson), type: 'application' };
  // One package can be bundled from two folders.
  const components = new Map(packages.map((each) => [`${each.name}@${each.version}`, component(each)]));
  return `${JSON.stringify(
    {
      bomFormat: 'CycloneDX',
      specVersion: '1.6',
      version: 1,
      metadata: { component: main },
      components: [...components.values()],
      dependencies: [{ ref: main['bom-ref'], dependsOn: [...components.values()].map((each) => each['bom-ref']) }],
    },
    null,
    2,
  )}\n`;
}
