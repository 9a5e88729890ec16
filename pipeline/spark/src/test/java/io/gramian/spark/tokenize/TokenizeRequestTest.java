package io.gramian.spark.tokenize;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class TokenizeRequestTest {

  @Test
  void aSequenceNeedsTwoTokens() {
    assertThatThrownBy(() -> new TokenizeRequest.Cut(1, OptionalInt.empty(), Packing.PACK))
        .isInstanceOf(UserException.class)
        .hasMessage("sequence length 1 is too short: a sequence needs at least 2 tokens");
  }

  @Test
  void aMaximumIsPositive() {
    assertThatThrownBy(() -> new TokenizeRequest.Cut(2, OptionalInt.of(0), Packing.PACK))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "at most 0 sequences is too few: ask for at least 1, or set no maximum to keep all");
  }
}
