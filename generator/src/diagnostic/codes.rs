//! The register of everything the generator may report.
//!
//! Numbers are never reused. P01xx: reading text; P02xx: the document as a
//! whole; P03xx: schemas; P04xx: operations, parameters, bodies, responses;
//! P06xx: references and types; P07xx: names; P08xx: configuration.

/// A registered kind of finding.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Code {
    /// `P` and four digits.
    pub id: &'static str,
    /// A few words.
    pub title: &'static str,
    /// What `pontoon explain` prints: what it means and what to do.
    pub explanation: &'static str,
}

/// Finds a code by its id, in any letter case.
pub fn find(id: &str) -> Option<&'static Code> {
    ALL.iter().copied().find(|c| c.id.eq_ignore_ascii_case(id))
}

/// What to do about a finding by which something is lost.
pub(super) fn remedy(code: &Code) -> Option<&'static str> {
    Some(match code.id {
        "P0108" => "give the inner schemas names under `components/schemas`",
        "P0302" => "correct it in the spec, or with an overlay",
        "P0304" => "list values of the schema's `type`",
        "P0309" => "say the same with keywords that OpenAPI has, or with an overlay",
        "P0310" => "declare the property in every schema that the discriminator tells apart",
        "P0316" => "declare the property, or take the name out of `required`",
        "P0601" => "add what it refers to, or correct the reference",
        "P0602" => "say what it is in one of the schemas",
        "P0603" => "correct the parts, or replace the `allOf` with an overlay",
        "P0604" => "put the `enum` where the scalars are, beside the `type` of the items",
        "P0605" | "P0619" => "give the inner schema properties, so that it has a type of its own",
        "P0606" => "add the `type` of the value",
        "P0608" => "declare a schema, or decode what is handed over with a crate of your choice",
        "P0610" => "correct the name in the path or in the parameter",
        "P0613" => {
            "make the credential yourself, and send it with `.header(...)` or in a transport"
        }
        "P0615" => "set `largest-family` in client.toml; derived types cost compile time",
        "P0616" => "correct the example, the bounds or the `format` with an overlay",
        "P0617" => "if it belongs to the path, write it without `#`, with an overlay",
        "P0618" => "give the schemas that extend it properties of their own",
        "P0630" => "correct the name, or read the header of the answer by its name",
        "P0631" => "correct the link, or remove it",
        _ => return None,
    })
}

macro_rules! codes {
    ($($name:ident = $id:literal, $title:literal, $explanation:literal;)*) => {
        $(
            #[doc = concat!("`", $id, "`: ", $title, ".")]
            pub static $name: Code = Code { id: $id, title: $title, explanation: $explanation };
        )*
        /// Every code, in order of id.
        pub static ALL: &[&Code] = &[$(&$name),*];
    };
}

codes! {
    CANNOT_READ = "P0101", "the file cannot be read",
        "The path does not exist, is a folder, or may not be read. Give the path of one OpenAPI or Swagger file.";
    TOO_LARGE = "P0102", "the file is too large",
        "The file is larger than the bound on input, which protects against running out of memory. The largest known public specs are about 40 MB.";
    NOT_TEXT = "P0103", "the file is not text",
        "The file is not valid UTF-8 (or UTF-16 with a byte order mark). It may be compressed, or saved in a legacy encoding. Convert it to UTF-8.";
    EMPTY = "P0104", "the file is empty",
        "There is nothing in the file but white space or comments. A download may have failed.";
    NOT_A_SPEC = "P0105", "the file is not an OpenAPI document",
        "The text is neither JSON nor YAML with an object at its root, or has no `openapi` or `swagger` key. A web page saved in place of the spec it shows is the usual reason; download the raw file.";
    BAD_JSON = "P0106", "the JSON is malformed",
        "The text begins like JSON but breaks the grammar at the place shown. A truncated download is the usual reason.";
    BAD_YAML = "P0107", "the YAML is malformed",
        "The text breaks the YAML 1.2 grammar at the place shown. Check indentation and quoting.";
    TOO_DEEP = "P0108", "the document is nested too deeply",
        "Objects and arrays are nested beyond the bound that protects against exhausting the stack.";
    TOO_MANY_NODES = "P0109", "the document expands to too many values",
        "YAML aliases repeat their anchor's content; a few lines can expand to billions of values. The expansion went beyond the bound.";
    DUPLICATE_KEY = "P0110", "a key appears twice",
        "An object has the same key twice. The last one is used, the earlier one is lost. Remove one.";
    EXTERNAL_REF = "P0111", "a reference leaves the spec's folder",
        "A `$ref` names a file outside the folder of the spec, an absolute path, or a URL. Such references are not followed, because a spec is untrusted input. Bundle the spec into one file, or copy the file beside it.";
    EXTERNAL_FILE = "P0112", "a referenced file cannot be used",
        "A `$ref` names a file beside the spec that cannot be read or parsed, or a place in it that does not exist.";
    YAML_FEATURE = "P0113", "a YAML feature has no meaning here",
        "The YAML uses a feature without a counterpart in JSON, such as a mapping as a key or an unknown tag. It was read the nearest way.";

    UNKNOWN_VERSION = "P0201", "the specification version is not known",
        "The `openapi` or `swagger` value is not 2.0, 3.0, 3.1 or 3.2. The document is read as the nearest known version.";
    NO_OPERATIONS = "P0202", "there are no operations",
        "The document declares no usable operation under `paths` and no webhook: it is a file of schemas that other specs share, or its author left `paths` empty. The crate has the types of all its component schemas and a client without calls. A document that has none of `paths`, `webhooks` and `components` is refused.";
    WRONG_KIND = "P0203", "a value of the wrong kind",
        "The specification asks for another kind of value here (an object, an array, a string, a boolean). It was converted where its meaning is plain and dropped otherwise.";
    MISSING = "P0204", "a required member is missing",
        "The specification requires this member. A neutral value is used.";
    BAD_PATH = "P0205", "a path without a leading slash",
        "Keys of `paths` begin with a slash. One was added.";
    UNKNOWN_MEMBER = "P0206", "an unknown member",
        "The specification knows no such member here, and it is not an `x-` extension. It is ignored.";
    REF_SIBLINGS = "P0207", "members beside a `$ref`",
        "In OpenAPI 3.0 and Swagger 2.0 whatever stands beside a `$ref` is ignored. From 3.1 on, schemas may have siblings. If they are meant, wrap the reference: `allOf: [{$ref: ...}]`.";
    BAD_REF = "P0208", "a `$ref` that is not a reference",
        "`$ref` must be a string that is a URI reference.";
    BAD_SERVER = "P0209", "a server that cannot be used",
        "A server needs a `url`, and every variable a `default`.";
    BAD_SECURITY = "P0210", "a security scheme that cannot be used",
        "The security scheme is not one of apiKey, http, oauth2 and openIdConnect with the members that kind needs.";

    BAD_TYPE = "P0301", "an unknown type",
        "`type` must be one of string, number, integer, boolean, array, object (and null from 3.1 on). Common other words (int, float, datetime, ...) are read as what they mean; the rest as \"anything\".";
    BAD_CONSTRAINT = "P0302", "a constraint that cannot be used",
        "A bound, length, pattern or format has a value of the wrong kind or out of range. It was converted where its meaning is plain and ignored otherwise.";
    BAD_REQUIRED = "P0303", "`required` is not a list of names",
        "In a schema `required` is an array of property names. `required: true` on a property is the form of an older draft, and is read as that.";
    BAD_ENUM = "P0304", "an enum that does not fit its type",
        "The values of an `enum` are not of the schema's `type`. They are converted where the meaning is plain, and kept as they are otherwise.";
    NO_ITEMS = "P0305", "an array without `items`",
        "`items` is required beside `type: array`. Items of any kind are assumed.";
    BAD_SCHEMA = "P0306", "not a schema",
        "A schema must be an object (or a boolean from 3.1 on). \"Anything\" is assumed.";
    PATTERN_PROPERTIES = "P0308", "properties by pattern",
        "`patternProperties` gives schemas to properties by regular expression. They are read as properties that are not named; the expression is not checked.";
    UNSUPPORTED_KEYWORD = "P0309", "a keyword without effect",
        "This JSON Schema keyword says something that the generated types cannot say; the schema is read without it.";
    BAD_DISCRIMINATOR = "P0310", "a discriminator that cannot be used",
        "A discriminator needs a `propertyName`. In Swagger 2.0 and OpenAPI 3.0 it belongs to objects and unions. A member that a mapping names and that does not declare the property is read as an object that does; without a mapping the property is not kept.";
    EMPTY_UNION = "P0311", "a union or an intersection of nothing",
        "`oneOf`, `anyOf` and `allOf` need at least one schema. The empty one is ignored.";
    CONTRADICTION = "P0312", "constraints that contradict each other",
        "No value keeps to all that the schema says, such as a `minLength` above the `maxLength`. The constraints are documentation, and are left out of the checks of requests. Correct the spec, or lay an overlay over it.";
    BAD_DEFAULT = "P0313", "a default that its own schema refuses",
        "The `default` is of another type than its schema, is not among the listed values, or breaks the bounds or the pattern. It is documentation of what the server does, and is never sent or filled in by the crate; one of the two is wrong in the spec.";
    BAD_PATTERN = "P0314", "a pattern that is no regular expression",
        "The `pattern` is not one of ECMA-262, which JSON Schema asks for: a bracket without its partner, a range out of order, an unknown class. It is documentation, and is left out of the checks of requests. Correct the spec, or lay an overlay over it.";
    UNCHECKED_PATTERN = "P0315", "a pattern that is not checked",
        "The `pattern` is a regular expression, but too large to be compiled or with a feature that the engine of the generated crate does not have. It is left out of the checks of requests; the server still judges by it. A `maxLength` says better than `{1,65535}` how long a text may be.";

    REQUIRED_UNDECLARED = "P0316", "a required property that is not declared",
        "`required` names a property that no `properties` of the schema or of the parts of its `allOf` declares, and further properties are not kept. A value needs it and it may be anything: it becomes a field of any JSON, optional, because such names are often left over from an earlier version. A name that differs from a declared one in case or punctuation alone gets none. Declare the property, or take the name out of `required`.";
    MADE_NULL = "P0317", "null said by an object",
        "`anyOf` of a schema and of `{type: object, nullable: true}` is how some converters say in OpenAPI 3.0 that a reference may be null. By the letter any object would do; it is read as the other schema, or null.";

    BAD_PARAMETER = "P0401", "a parameter that cannot be used",
        "A parameter needs a `name` and an `in` of query, header, path or cookie (body and formData in Swagger 2.0).";
    DUPLICATE_PARAMETER = "P0402", "a parameter appears twice",
        "The same name and `in` appears twice in one list. The last one is used.";
    NO_PARAMETER_SCHEMA = "P0403", "a parameter without a schema",
        "A parameter needs a `schema` or a `content`. A string is assumed.";
    BAD_STYLE = "P0404", "a style that does not fit",
        "The `style` or `collectionFormat` is not one that the parameter's `in` allows. The default is used.";
    BAD_STATUS = "P0405", "not a response status",
        "Keys of `responses` are status codes (`200`), ranges (`4XX`) or `default`.";
    NO_RESPONSES = "P0406", "an operation without responses",
        "An operation needs at least one response. Any response is accepted as success by its status.";
    BAD_OPERATION = "P0407", "not an operation",
        "The value of a method must be an object.";
    BAD_MEDIA_TYPE = "P0408", "a media type that cannot be used",
        "`content` maps media types (`application/json`) to objects with a `schema`.";
    BODY_AND_FORM = "P0409", "two request bodies",
        "An operation has more than one body, or both a body and form parameters. The first body is used.";
    UNKNOWN_METHOD = "P0410", "an unknown method",
        "A path item has a key that is neither a method nor anything else that belongs there.";
    BODY_UNDEFINED = "P0411", "a body without defined meaning",
        "HTTP gives a body of GET, HEAD and DELETE no meaning (RFC 9110, section 9.3), and OpenAPI 3.0 says that it is ignored. It is sent as declared, because the servers that declare it read it.";

    DUPLICATE_ID = "P0412", "an operationId that is not unique",
        "Two operations have one `operationId` (OAS 3.0.3, Operation Object: it must be unique). Both are generated; methods are told apart by a number that the ledger keeps. A link by that id leads to the first.";

    DANGLING_REF = "P0601", "a reference to nothing",
        "The `$ref` names a place that the document does not have. The schema there is taken as any JSON value; a parameter or response is left out.";
    REF_LOOP = "P0602", "references that only refer to each other",
        "Following the `$ref`s (or the parts of an `allOf`) leads back to the start without ever reaching a schema that says something. It is taken as any JSON value.";
    ALL_OF_CONFLICT = "P0603", "an `allOf` that cannot be merged",
        "The parts of the `allOf` contradict each other or have types that cannot be joined. The value is taken as any JSON value.";
    MIXED_ENUM = "P0604", "an enumeration of arrays or objects",
        "The values of the `enum` are arrays or objects, or the schema is an array or object and they are not. The value is typed by the rest of what the schema says; values beside an array are read as those of its items.";
    TUPLE = "P0605", "a tuple that is read as a list",
        "An array whose items have a schema each by position has more than eight of them, or stands beside other combinations. It is typed as an array of any JSON value.";
    NOT_SCHEMA = "P0606", "nothing but a `not` schema",
        "Rust types cannot say what a value must not be. Where nothing else says what it is, it is any JSON value; beside other keywords `not` is documentation.";
    OTHER_MEDIA_TYPES = "P0607", "more than one media type",
        "A body or response is declared in several media types with one schema. One of them is generated; the others would carry the same value and are left out.";
    MEDIA_TYPE = "P0608", "a media type without a codec",
        "There is no typed codec for this media type, or it is XML without a schema that says what is in it. The body is handed over as text or bytes.";
    UNUSED_SCHEMAS = "P0609", "schemas that no operation uses",
        "Components that no operation reaches get no type: they would cost compile time and could never be sent or received.";
    PATH_VARIABLE = "P0610", "a path variable without a parameter",
        "The path template has a variable that no parameter declares. It is taken as a required string.";
    SAME_PATH = "P0611", "an operation that repeats another",
        "Two operations have the same method and the same path but for a fragment or the names of variables, so that a server cannot tell their requests apart by it. Both are generated.";
    HEADER_IGNORED = "P0612", "a header parameter that the specification ignores",
        "OAS 3.0.3 says that header parameters named Accept, Content-Type or Authorization are ignored: the request's body, its responses and its security say the same thing, and the parameter is left out. Where they do not, nothing is lost: Authorization becomes a credential of the client, and a media type that the operation does not declare can be set by an optional parameter.";
    SCHEME_KIND = "P0613", "a security scheme without an implementation",
        "The scheme is kept out of the generated crate. Send the credential with a header of your own.";
    CALLBACKS = "P0614", "webhooks or callbacks",
        "Requests that the vendor sends to you are types in `webhooks`. This one is declared without a request, twice, or inside another such request, or has a body (multipart) that is handed over as bytes; or nothing in the spec tells the webhooks apart, so that the receiver has to name them, or `[webhooks]` in client.toml says where a webhook's name stands.";
    INHERITANCE = "P0615", "a base with too many derived types",
        "A schema with a `discriminator` is read as one of the schemas that extend it. More extend this one than is reasonable to compile, so it is read as the base alone; properties that only a derived type has are not kept. `largest-family` in client.toml sets the number.";
    FORMAT = "P0616", "a format that the spec contradicts",
        "The example, the default, the pattern or the length bounds of a value are not of its `format`. What the API really sends is not known, so the value is typed as if it had no format. Correct the spec, or the example.";
    PATH_FRAGMENT = "P0617", "a fragment that looks like a part of the path",
        "What follows `#` in a path is never sent (RFC 3986, section 3.5); vendors use it to tell variants of an operation apart. This one holds slashes or variables. If it belongs to the path, correct the path with an overlay.";
    DYNAMIC_REF = "P0618", "a `$dynamicRef` with several targets",
        "In JSON Schema a `$dynamicRef` means another schema depending on how the schema that holds it was reached. A Rust type means one: the anchor of its own schema resource. What a schema that extends it would put in its place is not seen.";
    NESTING = "P0619", "arrays or maps without end",
        "An array or map holds itself, or sixteen others, without an object, union or enumeration between. A Rust type cannot say that; the value is any JSON from there on.";
    AMBIGUOUS_UNION = "P0620", "a union whose members are alike",
        "Two members of a `oneOf` or `anyOf` are objects that neither a discriminator, nor a constant, nor a required property tells apart. A value is read as the member that knows most of its properties, then as the first. Nothing is lost where the members' properties are the same; a `discriminator` in the spec makes it certain.";
    RESPONSE_HEADER = "P0630", "a response header that is not used",
        "The name is none that a header can have, or differs from another of the same response in letter case alone: header names are case-insensitive (RFC 9110, section 5.1). All headers of an answer can still be read by name.";
    LINK = "P0631", "a link that cannot be followed",
        "A link needs an `operationId` or `operationRef` that names an operation of this document which is generated, and its parameters are constants or runtime expressions (`$response.body#/id`). Without the part that is wrong the link is kept where it still says something.";
    LEDGER = "P0701", "the names ledger cannot be used",
        "names.toml is not valid. It is written by the generator and committed beside the spec; restore it from version control, or delete it to have all names chosen anew.";
    SHAPES_PARTED = "P0702", "a shared type has split",
        "Places that shared one type now have different shapes. Each has a type of its own from now on: a breaking change for callers who used one in place of the other.";
    CONFIG = "P0801", "the configuration cannot be used",
        "A configuration file (`pontoon.toml`, `client.toml`) is not valid TOML or has a key that is not known.";
    FILTER = "P0802", "a filter that keeps nothing",
        "No operation matches the given globs. A glob is a path with `*` for one segment and `**` for any number, optionally `#GET,POST`, or `tag:NAME`.";
    OVERLAY = "P0803", "the overlay cannot be used",
        "The file is not an Overlay 1.0 or 1.1 document: a version, an `info` with title and version, and a list of actions, each with a `target` (a JSONPath of RFC 9535) and one of `update`, `remove: true` and `copy`.";
    OVERLAY_TARGET = "P0804", "an overlay target that matches nothing",
        "The `target` of an action selects nothing in the spec, so the action has no effect: the path is misspelt, or the vendor changed what the overlay mends. Correct or remove the action. `--overlay-lenient`, or `overlay-lenient = true` in client.toml, makes it a warning.";
    OVERLAY_MERGE = "P0805", "an overlay update that does not fit",
        "Objects are merged with objects, arrays joined with arrays (or an item appended to the array that is the target), primitive values replaced by primitive values; nothing else can be merged. Remove the old value with an earlier action if it must change its kind.";
    OVERLAY_DOUBT = "P0806", "an overlay that may not do what is meant",
        "The overlay was applied, but it says that it extends another file, or has an action without effect.";
    CONFIG_UNUSED = "P0807", "a setting that fits nothing",
        "A line of `[paging]` or `[idempotency]` in client.toml names an operation, a parameter or a place of an answer that the spec does not have, so it has no effect. `pontoon inspect` lists what was found of each operation.";
    DRIFT_REPORT = "P0808", "the drift report cannot be used",
        "The file is not the JSON that a client writes by `client.core().drift().to_json()`, or it was written by another version of the runtime.";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_ordered_and_well_formed() {
        for pair in ALL.windows(2) {
            assert!(
                pair[0].id < pair[1].id,
                "{} before {}",
                pair[0].id,
                pair[1].id
            );
        }
        for code in ALL {
            let digits = code.id.strip_prefix('P').expect("starts with P");
            assert!(digits.len() == 4 && digits.bytes().all(|b| b.is_ascii_digit()));
            assert!(code.explanation.ends_with('.'), "{}", code.id);
            assert!(!code.title.ends_with('.'), "{}", code.id);
        }
        assert_eq!(find("p0101"), Some(&CANNOT_READ));
        assert_eq!(find("P9999"), None);
    }
}
