/** What a node throws when its work cannot be done. Anything else thrown is recorded as `internal`, retryable by policy. */
export class NodeFailure extends Error {
    code;
    retryable;
    uncertain;
    retryAfterMs;
    details;
    constructor(options) {
        super(options.message);
        this.name = 'NodeFailure';
        this.code = options.code;
        this.retryable = options.retryable ?? false;
        this.uncertain = options.uncertain ?? false;
        this.retryAfterMs = options.retryAfterMs;
        this.details = options.details;
    }
}
