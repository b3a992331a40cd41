// Starts the API page. A write without an idempotency key gets a fresh one, so that every example can be tried at once.
window.addEventListener("load", () => {
  SwaggerUIBundle({
    url: "/openapi.yaml",
    dom_id: "#page",
    deepLinking: true,
    docExpansion: "none",
    persistAuthorization: false,
    requestInterceptor: (request) => {
      const write = request.method && request.method.toUpperCase() !== "GET";
      const keyless = /\/v1\/(auth|channels|refund-calculations)/.test(request.url) || request.url.includes("/demo/");
      if (write && !keyless && !request.headers["Idempotency-Key"]) {
        request.headers["Idempotency-Key"] = crypto.randomUUID();
      }
      return request;
    },
  });
});
