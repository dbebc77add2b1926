/** Writes docs/airflow-versions.md from src/airflow/versions.ts, and docs/airflow-metrics.md from deploy/airflow/metrics.json. */
import { writeFileSync } from 'node:fs';
import { metricsPage } from './metrics-page.ts';
import { versionsPage } from './versions-page.ts';

writeFileSync(new URL('../../docs/airflow-versions.md', import.meta.url), versionsPage());
writeFileSync(new URL('../../docs/airflow-metrics.md', import.meta.url), metricsPage());
