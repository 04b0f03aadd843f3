namespace ModelCompiler.Tests.Models;

/// <summary>
/// Attention as it stands in models: an encoder with padding and learned biases of positions, and a decoder of repeated layers with shared heads, a
/// window, dropped weights and packed documents, which reads the encoder.
/// </summary>
[Model, Dim("B", Max = 3), Dim("T", Max = 70), Dim("S", Max = 9), Targets(Target.Cpu | Target.Cuda)]
public sealed partial class AttentionLayers
{
    const int Width = 12, Heads = 6, Buckets = 5;

    readonly Linear first = new(5, Width);
    readonly Embedding buckets = new(Buckets, Heads);
    readonly Linear query = new(Width, Width), key = new(Width, Width), value = new(Width, Width);
    readonly MultiHeadAttention padded = new(Width, Heads, keyValueHeads: 3, dropout: 0.2, bias: false);
    readonly CausalSelfAttention[] layers = Repeat(2, () => new CausalSelfAttention(Width, Heads, keyValueHeads: 2, window: 20, dropout: 0.3));
    readonly CrossAttention[] across = Repeat(2, () => new CrossAttention(Width, 4, keyValueHeads: 1, dropout: 0.1));
    readonly Linear last = new(Width, 2);

    /// <summary>T5's: a learned number for each head and bucket of distances.</summary>
    Tensor Positions(Dim length)
    {
        Tensor distance = Cast(Range(length)).Reshape(1, length) - Cast(Range(length)).Reshape(length, 1);
        Tensor<int> bucket = ToInteger(Clamp(distance, -2, 2) + 2);
        return Permute(Gather(buckets.Weight, bucket), 2, 0, 1);
    }

    /// <summary>ALiBi's: distances times a slope for each head.</summary>
    static Tensor Slopes(Dim length)
    {
        Tensor distance = Abs(Cast(Range(length)).Reshape(1, length) - Cast(Range(length)).Reshape(length, 1));
        return -distance * Exp(-(Cast(Range(Heads)).Reshape(Heads, 1, 1) + 1));
    }

    Tensor Split(Tensor x) => Permute(x.Reshape(x.Length(0), x.Length(1), Heads, Width / Heads), 0, 2, 1, 3);

    Tensor Biased(Tensor x, Tensor bias, Tensor<int> lengths)
    {
        Tensor mixed = Attention(Split(query.Forward(x)), Split(key.Forward(x)), Split(value.Forward(x)), keyLengths: lengths, bias: bias, scale: 1);
        return Permute(mixed, 0, 2, 1, 3).Reshape(x.Length(0), x.Length(1), Width);
    }

    public Tensor Forward([Shape("B", "T", "5")] Tensor x, [Shape("B", "T")] Tensor<int> documents, [Shape("B", "S", "5")] Tensor read, [Shape("B")] Tensor<int> lengths)
    {
        Tensor encoded = first.Forward(read);
        encoded += Biased(encoded, Positions(read.Length(1)), lengths);
        encoded += Biased(encoded, Slopes(read.Length(1)), lengths);
        encoded += padded.Forward(encoded, lengths);
        Tensor y = first.Forward(x);
        for (int i = 0; i < 2; i++)
        {
            y += layers[i].Forward(y, documents);
            y += across[i].Forward(y, encoded, lengths);
        }
        return last.Forward(y);
    }

    [Loss]
    public Tensor Loss([Shape("B", "T", "5")] Tensor x, [Shape("B", "T")] Tensor<int> documents, [Shape("B", "S", "5")] Tensor read, [Shape("B")] Tensor<int> lengths,
        [Shape("B", "T", "2")] Tensor y) => MeanSquaredError(Forward(x, documents, read, lengths), y);
}
