// npm run doctor. Says what is missing even where nothing is installed yet.
import { dependenciesAreInstalled, requireNode, root } from './prepare.mjs';

requireNode();
process.chdir(root);
console.log('Проверяю эту машину:\n');
if (!dependenciesAreInstalled()) {
  console.log('  ✗ зависимости не установлены или не те, что в package-lock.json: npm ci (или просто npm start)');
  process.exit(1);
}
const { register } = await import('tsx/esm/api');
register();
await import('../platform/stack/doctor.ts');
