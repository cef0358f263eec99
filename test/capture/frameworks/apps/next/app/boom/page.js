export const dynamic = 'force-dynamic';

export default function Boom() {
  throw new Error('page is broken');
}
