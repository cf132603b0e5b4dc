"""The course's models against published tutorials' models: same digits, same run, same machine."""
