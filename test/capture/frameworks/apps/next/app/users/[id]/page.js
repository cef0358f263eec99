export const dynamic = 'force-dynamic';

export default async function User({ params }) {
  return <p>user {(await params).id}</p>;
}
