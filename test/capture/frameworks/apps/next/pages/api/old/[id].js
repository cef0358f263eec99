export default function old(request, response) {
  if (request.query.id === '0') throw new Error('the old handler is broken');
  response.status(200).json({ id: request.query.id });
}
