export const dynamic = 'force-dynamic';

export function GET() {
  throw new Error('route is broken');
}
