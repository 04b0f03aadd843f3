using System.IO;
using ICSharpCode.SharpZipLib.BZip2;

namespace Samples.CharGpt;

/// <summary>
/// A baseline that everyone has: what bzip2 -9 needs for the validation part, given the training part.
/// </summary>
static class Bzip2
{
    /// <summary>bzip2 -9: blocks of 900,000 bytes.</summary>
    const int BlockSize = 9;

    /// <summary>The bits that the validation part adds to the compressed training part.</summary>
    /// <returns>Nats per character.</returns>
    public static double NatsPerCharacter(CharacterCorpus corpus)
    {
        long more = CompressedBytes(corpus, corpus.Length) - CompressedBytes(corpus, corpus.TrainingLength);
        return more * 8 * double.Log(2) / corpus.ValidationLength;
    }

    static long CompressedBytes(CharacterCorpus corpus, int characters)
    {
        using var sink = new CountingStream();
        using (var compressor = new BZip2OutputStream(sink, BlockSize) { IsStreamOwner = false }) corpus.WriteUtf8(0,
            characters, compressor);
        return sink.Length;
    }
}
