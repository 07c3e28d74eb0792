// Shows the document of this very server; the validator badge would ask another one.
SwaggerUIBundle({
  url: "/openapi.yaml",
  dom_id: "#document",
  deepLinking: true,
  docExpansion: "list",
  filter: true,
  validatorUrl: null,
});
