package io.gramian.checkpoint;

import com.fasterxml.jackson.annotation.JsonProperty;

/** How a run ended, as its manifest says it. */
public enum FailureCategory {
  /** It did not fail. */
  @JsonProperty("none")
  NONE,
  /** A {@link UserException}: exit code 2. */
  @JsonProperty("user-error")
  USER_ERROR,
  /** A bug: exit code 3. */
  @JsonProperty("internal-error")
  INTERNAL_ERROR
}
