export default function Legacy({ id }) {
  return <p>legacy {id}</p>;
}

export function getServerSideProps({ params }) {
  if (params.id === '0') throw new Error('the props are broken');
  return { props: { id: params.id } };
}
