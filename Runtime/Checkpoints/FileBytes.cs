using System;
using System.IO;
using Microsoft.Win32.SafeHandles;

namespace ModelCompiler.Runtime.Checkpoints;

/// <summary>Moves bytes between files and memory of any size, without a copy in between.</summary>
static unsafe class FileBytes
{
    /// <summary>A call's worth of bytes: systems move at most about 2 GiB at once.</summary>
    const int Chunk = 64 << 20;

    /// <summary>Fills the target from the file.</summary>
    /// <returns>False if the file ends first.</returns>
    public static bool TryRead(SafeFileHandle file, Span<byte> target, long position)
    {
        while (!target.IsEmpty)
        {
            int read = RandomAccess.Read(file, target, position);
            if (read == 0) return false;
            position += read;
            target = target[read..];
        }
        return true;
    }

    /// <inheritdoc cref="TryRead(SafeFileHandle, Span{byte}, long)"/>
    public static bool TryRead(SafeFileHandle file, byte* target, long length, long position)
    {
        for (long done = 0; done < length; done += Chunk)
        {
            if (!TryRead(file, new Span<byte>(target + done, (int)Math.Min(Chunk, length - done)),
                position + done)) return false;
        }
        return true;
    }

    public static void Write(SafeFileHandle file, byte* source, long length, long position)
    {
        for (long done = 0; done < length; done += Chunk)
            RandomAccess.Write(file, new ReadOnlySpan<byte>(source + done, (int)Math.Min(Chunk, length - done)),
                position + done);
    }
}
