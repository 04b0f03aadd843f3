using System.IO;
using ICSharpCode.SharpZipLib.BZip2;

namespace Samples.Austen;

/// <summary>
/// A baseline that everyone has: what bzip2 -9 needs for the validation part, given the training part.
/// </summary>
static class Bzip2
{
    /// <summary>bzip2 -9: blocks of 900,000 bytes.</summary>
    const int BlockSize = 9;

    /// <summary>The bits that the validation part adds to the compressed training part.</summary>
    /// <returns>Nats per character.</returns>
    public static double NatsPerCharacter(Novels novels)
    {
        long more = CompressedBytes(novels, novels.Length) - CompressedBytes(novels, novels.TrainingLength);
        return more * 8 * double.Log(2) / novels.HeldOutLength;
    }

    static long CompressedBytes(Novels novels, int characters)
    {
        using var sink = new CountingStream();
        using (var compressor = new BZip2OutputStream(sink, BlockSize) { IsStreamOwner = false }) novels.WriteUtf8(0,
            characters, compressor);
        return sink.Length;
    }
}
