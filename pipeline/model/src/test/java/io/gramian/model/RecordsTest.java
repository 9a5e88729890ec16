package io.gramian.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.gramian.checkpoint.UserException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the records refuse, and what they add up to. */
class RecordsTest {

  private static final NormSpec NORM = new NormSpec("norm", RandomBlocks.HIDDEN, 1e-5);

  @Test
  void queryHeadsThatKvHeadsCannotShareAreRefused() {
    assertThatThrownBy(() -> new HeadLayout(8, 3, 16))
        .isInstanceOf(UserException.class)
        .hasMessage(
            "8 query heads cannot share 3 KV heads evenly: num_attention_heads must be a multiple"
                + " of num_key_value_heads");
    assertThatThrownBy(() -> new HeadLayout(2, 4, 16))
        .hasMessageContaining("2 query heads cannot share 4 KV heads");
  }

  @Test
  void headSizesThatAreNotPositiveAreRefused() {
    assertThatThrownBy(() -> new HeadLayout(0, 1, 16))
        .isInstanceOf(UserException.class)
        .hasMessage("num_attention_heads is 0: it must be at least 1");
    assertThatThrownBy(() -> new HeadLayout(2, -1, 16))
        .hasMessage("num_key_value_heads is -1: it must be at least 1");
    assertThatThrownBy(() -> new HeadLayout(1 << 16, 1, 1 << 15))
        .hasMessage(
            "num_attention_heads 65536 times head_dim 32768 is more channels than a tensor can have");
    assertThatThrownBy(() -> new HeadLayout(2, 1, 0))
        .hasMessage("head_dim is 0: it must be at least 1");
  }

  @Test
  void anAttentionWhoseMapsDoNotFitItsHeadsIsRefused() {
    Attention attention = (Attention) RandomBlocks.attention(new HeadLayout(6, 2, 8), 8).mixer();

    assertThatThrownBy(
            () ->
                new Attention(
                    attention.query(),
                    attention.query(),
                    attention.value(),
                    attention.output(),
                    attention.layout(),
                    null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("rows of q.weight: 48 instead of 16");
    assertThatThrownBy(() -> attention.withRope(rope(10)))
        .hasMessage("10 rotary channels in a head of 8");
    assertThatThrownBy(() -> attention.withRope(rope(4).withPairOrders(List.of(List.of(1, 0)))))
        .hasMessage("pair orders: 1 instead of 2");
  }

  @Test
  void aPairOrderThatIsNoPermutationIsRefused() {
    assertThatThrownBy(() -> rope(4).withPairOrders(List.of(List.of(0, 1), List.of(1, 1))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("pair order of KV head 1 lists unit 1 twice");
  }

  @Test
  void aRopeOfOddSizeOrWithTooFewFrequenciesIsRefused() {
    assertThatThrownBy(() -> new Rope(3, List.of(1.0), 1.0, List.of()))
        .hasMessage("rotary size 3 is not even and positive");
    assertThatThrownBy(() -> new Rope(4, List.of(1.0), 1.0, List.of()))
        .hasMessage("1 frequencies for 2 pairs");
  }

  @Test
  void anMlpOfTwoWidthsIsRefused() {
    assertThatThrownBy(
            () ->
                new Mlp(
                    null,
                    new LinearSpec("up", null, 5, 3),
                    new LinearSpec("down", null, 3, 6),
                    Activation.SILU))
        .hasMessage("up has 5 rows, but gate or down another width");
  }

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

  @Test
  void aBlockOutOfItsPlaceIsRefused() {
    assertThatThrownBy(() -> decoder(List.of(RandomBlocks.mlp(5)), "head"))
        .hasMessage("block 7 stands at position 0");
  }

  @Test
  void aDecoderListsEveryTensorOnceWithItsShape() {
    ResidualBlock block = new ResidualBlock(0, 0, NORM, RandomBlocks.mlp(5).mixer());

    assertThat(decoder(List.of(block), "head").tensors())
        .containsExactly(
            TensorShape.of("embedding", 97, 13),
            TensorShape.of("norm", 13),
            TensorShape.of("gate.weight", 5, 13),
            TensorShape.of("gate.bias", 5),
            TensorShape.of("up.weight", 5, 13),
            TensorShape.of("up.bias", 5),
            TensorShape.of("down.weight", 13, 5),
            TensorShape.of("down.bias", 13),
            TensorShape.of("final", 13),
            TensorShape.of("head", 97, 13));
  }

  @Test
  void aTiedTableCountsOnce() {
    ResidualBlock block = new ResidualBlock(0, 0, NORM, RandomBlocks.mlp(5).mixer());
    long blockParameters = 13 + 3L * 5 * 13 + 5 + 5 + 13;

    assertThat(block.parameterCount()).isEqualTo(blockParameters);
    assertThat(decoder(List.of(block), "embedding").tied()).isTrue();
    assertThat(decoder(List.of(block), "embedding").parameterCount())
        .isEqualTo(97L * 13 + blockParameters + 13);
    assertThat(decoder(List.of(block), "head").parameterCount())
        .isEqualTo(2 * 97L * 13 + blockParameters + 13);
  }

  @Test
  void aDecoderSurvivesTheWayToAnExecutor() throws Exception {
    ResidualBlock attention =
        new ResidualBlock(0, 0, NORM, RandomBlocks.attention(new HeadLayout(6, 2, 8), 8).mixer());
    ResidualBlock stateSpace =
        new ResidualBlock(
            1, 0, NORM, RandomBlocks.mamba2(new ScanLayout(4, 5, 2, 3, 1, 16)).mixer());
    DecoderSpec spec = decoder(List.of(attention, stateSpace), "head");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(spec);
      out.writeObject(CouplingGroups.of(attention));
    }

    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      assertThat(in.readObject()).isEqualTo(spec);
      assertThat(in.readObject()).isEqualTo(CouplingGroups.of(attention));
    }
  }

  private static Rope rope(int size) {
    List<Double> frequencies = Collections.nCopies(size / 2, 0.5);
    return new Rope(size, frequencies, 1.0, List.of());
  }

  private static DecoderSpec decoder(List<ResidualBlock> blocks, String head) {
    return new DecoderSpec(
        "test",
        RandomBlocks.HIDDEN,
        97,
        "embedding",
        blocks,
        new NormSpec("final", RandomBlocks.HIDDEN, 1e-5),
        head);
  }
}
