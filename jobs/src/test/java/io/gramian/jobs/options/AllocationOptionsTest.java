package io.gramian.jobs.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import io.gramian.model.allocation.AllocationRule;
import io.gramian.model.allocation.InfluenceScope;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

class AllocationOptionsTest {

  @Test
  void defaultsAreThoseOfTheRule() {
    assertThat(parse()).isEqualTo(AllocationRule.DEFAULT);
  }

  @Test
  void everyPartCanBeChosen() {
    assertThat(parse("--per=block", "--eps=0.05", "--cap=0.5"))
        .isEqualTo(new AllocationRule(InfluenceScope.BLOCK, 0.05, 0.5));
  }

  @Test
  void whatIsOutOfRangeIsTheUsers() {
    assertThatThrownBy(() -> parse("--per=head"))
        .isInstanceOf(ParameterException.class)
        .hasMessageContaining("'head' is not one of layer, block");
    assertThatThrownBy(() -> parse("--cap=1.2"))
        .isInstanceOf(UserException.class)
        .hasMessage("cap 1.2 of the allocation must be between 0 and 1: give for example 0.85");
  }

  private static AllocationRule parse(String... arguments) {
    return CommandLine.populateCommand(new AllocationOptions(), arguments).rule();
  }
}
