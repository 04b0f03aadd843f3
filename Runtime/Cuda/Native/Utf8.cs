using System;
using System.Runtime.InteropServices;
using System.Text;

namespace ModelCompiler.Runtime.Cuda.Native;

/// <summary>Text on its way to and from C.</summary>
static unsafe class Utf8
{
    /// <summary>UTF-8 that ends with 0; to be pinned.</summary>
    public static byte[] Bytes(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    /// <summary>Text of C's, up to its 0; empty for null.</summary>
    public static string Text(byte* bytes) => Marshal.PtrToStringUTF8((nint)bytes) ?? "";

    /// <summary>Text in a buffer that we own, up to the first 0.</summary>
    public static string Text(ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? bytes : bytes[..end]);
    }
}
