using System;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace ModelCompiler.Runtime.Cuda;

/// <summary>What compiled kernels depend on, as a hash: the name of their file.</summary>
/// <param name="Text">64 digits.</param>
readonly record struct CacheKey(string Text)
{
    /// <summary>Goes up with every change of what is compiled that the other parts do not show.</summary>
    const int Format = 1;

    /// <param name="source">The whole text.</param>
    /// <param name="options">All of the compiler's, in order.</param>
    /// <param name="target">The architecture.</param>
    /// <param name="compiler">Its version.</param>
    public static CacheKey Of(string source, ReadOnlySpan<string> options, string target, string compiler)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> number = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(number, Format);
        hash.AppendData(number);
        Append(hash, source);
        BinaryPrimitives.WriteInt32LittleEndian(number, options.Length);
        hash.AppendData(number);
        foreach (string option in options) Append(hash, option);
        Append(hash, target);
        Append(hash, compiler);
        return new(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }

    /// <summary>With its length in front, so that text cannot move from one part into the next.</summary>
    static void Append(IncrementalHash hash, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, bytes.Length);
        hash.AppendData(length);
        hash.AppendData(bytes);
    }
}
