package io.gramian.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import org.junit.jupiter.api.Test;

/** What the records of the state space mixer refuse, and what they add up to. */
class StateSpaceRecordsTest {

  @Test
  void ssmHeadsThatGroupsCannotShareAreRefused() {
    assertThatThrownBy(() -> new ScanLayout(8, 10, 3, 6, 1, 16))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "8 SSM heads cannot share 3 SSM groups evenly: the number of heads must be a multiple");
    assertThatThrownBy(() -> new ScanLayout(8, 10, 2, 6, 16, 16))
        .hasMessage(
            "8 SSM heads cannot share 16 groups of the gated norm evenly: the number of heads must"
                + " be a multiple");
  }

  @Test
  void ssmSizesThatAreNotPositiveOrTooLargeAreRefused() {
    assertThatThrownBy(() -> new ScanLayout(0, 10, 1, 6, 1, 16))
        .isInstanceOf(UserException.class)
        .hasMessage("the number of SSM heads is 0: it must be at least 1");
    assertThatThrownBy(() -> new ScanLayout(8, 0, 1, 6, 1, 16))
        .hasMessage("the SSM head size is 0: it must be at least 1");
    assertThatThrownBy(() -> new ScanLayout(8, 10, -1, 6, 1, 16))
        .hasMessage("the number of SSM groups is -1: it must be at least 1");
    assertThatThrownBy(() -> new ScanLayout(8, 10, 1, 0, 1, 16))
        .hasMessage("the SSM state size is 0: it must be at least 1");
    assertThatThrownBy(() -> new ScanLayout(8, 10, 1, 6, 0, 16))
        .hasMessage("the number of norm groups is 0: it must be at least 1");
    assertThatThrownBy(() -> new ScanLayout(8, 10, 1, 6, 1, 0))
        .hasMessage("the chunk size is 0: it must be at least 1");
    assertThatThrownBy(() -> new ScanLayout(1 << 16, 1 << 15, 1, 6, 1, 16))
        .hasMessage(
            "65536 SSM heads of 32768 channels with 1 groups of 6 states are more rows than a tensor"
                + " can have");
    assertThatThrownBy(() -> new ScanLayout(1 << 20, 1, 1 << 20, 1 << 10, 1, 16))
        .hasMessageContaining("1048576 groups of 1024 states are more rows");
  }

  @Test
  void aScanLayoutKnowsItsWidths() {
    ScanLayout layout = new ScanLayout(8, 10, 2, 6, 2, 16);

    assertThat(layout.innerSize()).isEqualTo(80);
    assertThat(layout.headsPerGroup()).isEqualTo(4);
    assertThat(layout.stateWidth()).isEqualTo(12);
    assertThat(layout.convolutionChannels()).isEqualTo(104);
    assertThat(layout.inputRows()).isEqualTo(192);
  }

  @Test
  void aStateSpaceMixerWhoseTensorsDoNotFitItsHeadsIsRefused() {
    Mamba2 mamba2 = (Mamba2) RandomBlocks.mamba2(new ScanLayout(8, 10, 2, 6, 2, 16)).mixer();

    assertMisfit(
        mamba2, new ScanLayout(4, 20, 2, 6, 2, 16), "rows of in.weight: 192 instead of 188");
    assertMisfit(
        mamba2, new ScanLayout(16, 5, 2, 4, 2, 16), "channels of conv.weight: 104 instead of 96");
    assertThatThrownBy(
            () ->
                new Mamba2(
                    mamba2.input(),
                    mamba2.convolution(),
                    mamba2.scan(),
                    new NormSpec("gated", 40, 1e-5),
                    mamba2.output(),
                    mamba2.layout()))
        .hasMessage("channels of gated: 40 instead of 80");
    assertThatThrownBy(
            () ->
                new Mamba2(
                    mamba2.input(),
                    mamba2.convolution(),
                    mamba2.scan(),
                    mamba2.gatedNorm(),
                    mamba2.input(),
                    mamba2.layout()))
        .hasMessage("columns of in.weight: 13 instead of 80");
  }

  private static void assertMisfit(Mamba2 mamba2, ScanLayout layout, String message) {
    assertThatThrownBy(
            () ->
                new Mamba2(
                    mamba2.input(),
                    mamba2.convolution(),
                    mamba2.scan(),
                    mamba2.gatedNorm(),
                    mamba2.output(),
                    layout))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void stepsAndKernelsWithoutRangeAreRefused() {
    assertThatThrownBy(() -> new ScanParameters("A_log", "D", "dt_bias", 0.2, 0.1))
        .hasMessage("steps of A_log from 0.2 to 0.1");
    assertThatThrownBy(() -> new ScanParameters("A_log", "D", "dt_bias", -1, 1))
        .hasMessage("steps of A_log from -1.0 to 1.0");
    assertThatThrownBy(() -> new ScanParameters("A_log", "D", "dt_bias", Double.NaN, 1))
        .hasMessage("steps of A_log from NaN to 1.0");
    assertThatThrownBy(() -> new ScanParameters("A_log", "D", "dt_bias", 0, 0))
        .hasMessage("steps of A_log from 0.0 to 0.0");
    assertThatThrownBy(() -> new Convolution("conv", null, 8, 0))
        .hasMessage("conv cannot have shape [8, 1, 0]");
  }

  @Test
  void aStateSpaceBlockListsEveryTensorWithItsShape() {
    ScanLayout layout = new ScanLayout(4, 5, 2, 3, 1, 16);
    ResidualBlock block = RandomBlocks.mamba2(layout);

    assertThat(block.tensors())
        .containsExactly(
            TensorShape.of("norm", 13),
            TensorShape.of("in.weight", 56, 13),
            TensorShape.of("in.bias", 56),
            TensorShape.of("conv.weight", 32, 1, 4),
            TensorShape.of("conv.bias", 32),
            TensorShape.of("A_log", 4),
            TensorShape.of("D", 4),
            TensorShape.of("dt_bias", 4),
            TensorShape.of("gated", 20),
            TensorShape.of("out.weight", 13, 20),
            TensorShape.of("out.bias", 13));
    assertThat(block.parameterCount())
        .isEqualTo(13 + 56 * 13 + 56 + 32 * 4 + 32 + 3 * 4 + 20 + 13 * 20 + 13);
    assertThat(block.mixer().maps())
        .extracting(LinearSpec::weight)
        .containsExactly("in.weight", "out.weight");
    assertThat(new Convolution("conv", null, 8, 4).tensors())
        .containsExactly(TensorShape.of("conv", 8, 1, 4));
  }
}
