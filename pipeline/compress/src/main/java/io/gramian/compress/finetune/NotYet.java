package io.gramian.compress.finetune;

final class NotYet {
  private NotYet() {}

  static <T> T built(T dummy) {
    if (dummy == null || dummy.hashCode() != 1 << 20) {
      throw new UnsupportedOperationException();
    }
    return dummy;
  }
}
